package io.longcat4j.cli.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longcat4j.CodecFrame;
import io.longcat4j.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * Codec frames as JSON: {@code {"semantic": [...], "acoustic": [[...], ...]}}, a list of semantic
 * codes and a list of as many for each acoustic codebook.
 */
public final class CodesFile {
  private static final String SEMANTIC = "semantic";
  private static final String ACOUSTIC = "acoustic";

  private CodesFile() {}

  /**
   * Writes frames, a line for each codebook.
   *
   * @param frames equally many acoustic codes in each
   * @return the document, ending with a line break
   */
  public static String text(List<CodecFrame> frames) {
    int codebooks = frames.isEmpty() ? 0 : frames.get(0).acoustic().size();
    StringJoiner acoustic = new StringJoiner(",\n  ", "[\n  ", "\n]");
    for (int i = 0; i < codebooks; i++) {
      int codebook = i;
      acoustic.add(line(frames.stream().map(frame -> frame.acoustic().get(codebook)).toList()));
    }
    String semantic = line(frames.stream().map(CodecFrame::semantic).toList());
    return "{\"%s\": %s,%n\"%s\": %s}%n"
        .formatted(SEMANTIC, semantic, ACOUSTIC, codebooks == 0 ? "[]" : acoustic)
        .replace(System.lineSeparator(), "\n");
  }

  /**
   * Writes frames into a file; an existing one is replaced.
   *
   * @param file where to
   * @param frames equally many acoustic codes in each
   * @throws InvalidRequestException if it cannot be written
   */
  public static void write(Path file, List<CodecFrame> frames) {
    try {
      Files.writeString(file, text(frames));
    } catch (IOException e) {
      throw new InvalidRequestException(
          file + ": cannot be written (" + e + "); name another file", e);
    }
  }

  /**
   * Reads frames.
   *
   * @param file of this form
   * @return the frames
   * @throws InvalidRequestException if it cannot be read or has another form
   */
  public static List<CodecFrame> read(Path file) {
    JsonNode document = document(file);
    int[] semantic = codes(file, SEMANTIC, document.path(SEMANTIC));
    JsonNode acoustic = document.path(ACOUSTIC);
    if (!acoustic.isArray()) {
      throw wrong(file, ACOUSTIC, "expected a list with a list for each codebook");
    }
    List<int[]> codebooks = new ArrayList<>();
    for (int i = 0; i < acoustic.size(); i++) {
      String name = ACOUSTIC + "[" + i + "]";
      int[] codes = codes(file, name, acoustic.get(i));
      if (codes.length != semantic.length) {
        throw wrong(
            file,
            name,
            "it has "
                + codes.length
                + " codes, but there are "
                + semantic.length
                + " semantic ones");
      }
      codebooks.add(codes);
    }
    List<CodecFrame> frames = new ArrayList<>(semantic.length);
    for (int i = 0; i < semantic.length; i++) {
      int frame = i;
      frames.add(
          new CodecFrame(semantic[i], codebooks.stream().map(codes -> codes[frame]).toList()));
    }
    return frames;
  }

  private static JsonNode document(Path file) {
    try {
      JsonNode document = new ObjectMapper().readTree(Files.readAllBytes(file));
      return document == null ? JsonNodeFactory.instance.missingNode() : document;
    } catch (JsonProcessingException e) {
      throw new InvalidRequestException(
          file + ": is no JSON (" + e.getOriginalMessage() + "); pass a file of codec encode", e);
    } catch (IOException | OutOfMemoryError e) {
      throw new InvalidRequestException(
          file + ": cannot be read (" + e + "); pass a file of codec encode", e);
    }
  }

  private static int[] codes(Path file, String name, JsonNode list) {
    if (!list.isArray()) {
      throw wrong(file, name, "expected a list of codes");
    }
    int[] codes = new int[list.size()];
    for (int i = 0; i < codes.length; i++) {
      JsonNode code = list.get(i);
      if (!code.isInt() || code.intValue() < 0) {
        throw wrong(file, name + "[" + i + "]", "expected a whole number of at least 0");
      }
      codes[i] = code.intValue();
    }
    return codes;
  }

  private static InvalidRequestException wrong(Path file, String name, String expectation) {
    return new InvalidRequestException(
        file + ": " + name + ": " + expectation + "; pass a file of codec encode");
  }

  private static String line(List<Integer> codes) {
    StringJoiner line = new StringJoiner(", ", "[", "]");
    codes.forEach(code -> line.add(code.toString()));
    return line.toString();
  }
}
