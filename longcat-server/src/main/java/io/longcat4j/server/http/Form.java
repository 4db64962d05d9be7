package io.longcat4j.server.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.server.wire.ApiException;
import io.longcat4j.server.wire.Fields;
import io.longcat4j.server.wire.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartConfig;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.content.ByteBufferContentSource;
import org.eclipse.jetty.util.Attributes;
import org.eclipse.jetty.util.BufferUtil;

/**
 * A form with files, as {@code multipart/form-data} sends it. Kept in memory; nothing is written to
 * disk.
 *
 * @param fields what is no file, as strings
 * @param files contents by name
 */
public record Form(Fields fields, Map<String, byte[]> files) {
  private static final int MOST_PARTS = 32;
  private static final int LONGEST_HEADERS = 8192;

  /**
   * Reads a form.
   *
   * @param exchange whose body it is
   * @return the form
   * @throws ApiException if it is none
   */
  public static Form read(Exchange exchange) {
    String type = exchange.header("Content-Type");
    if (type == null
        || !type.toLowerCase(java.util.Locale.ROOT).startsWith("multipart/form-data")) {
      throw ApiException.of(
          415, "unsupported_media_type", "Send a form, with 'Content-Type: multipart/form-data'");
    }
    byte[] body = exchange.body();
    MultiPartConfig config =
        new MultiPartConfig.Builder()
            .maxParts(MOST_PARTS)
            .maxSize(body.length)
            .maxPartSize(body.length)
            .maxMemoryPartSize(-1)
            .maxHeadersSize(LONGEST_HEADERS)
            .useFilesForPartsWithoutFileName(false)
            .build();
    ObjectNode texts = Json.object();
    Map<String, byte[]> files = new HashMap<>();
    try (MultiPartFormData.Parts parts =
        MultiPartFormData.getParts(
            new ByteBufferContentSource(ByteBuffer.wrap(body)),
            new Attributes.Mapped(),
            type,
            config)) {
      for (MultiPart.Part part : parts) {
        byte[] content = BufferUtil.toArray(Content.Source.asByteBuffer(part.getContentSource()));
        String name = String.valueOf(part.getName());
        if (part.getFileName() != null) {
          files.put(name, content);
        } else {
          texts.put(name, new String(content, StandardCharsets.UTF_8));
        }
      }
    } catch (IOException | RuntimeException e) {
      throw ApiException.of(400, "invalid_form", "This is no multipart/form-data: " + reason(e));
    }
    return new Form(Fields.of(texts), files);
  }

  private static String reason(Exception failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return String.valueOf(cause.getMessage());
  }

  /**
   * A file.
   *
   * @param name of the field
   * @return its content
   * @throws ApiException if there is none
   */
  public byte[] requireFile(String name) {
    byte[] content = files.get(name);
    if (content == null) {
      throw fields.missing(name);
    }
    return content;
  }
}
