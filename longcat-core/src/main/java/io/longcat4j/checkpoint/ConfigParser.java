package io.longcat4j.checkpoint;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longcat4j.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON and YAML files to maps. Everything read is bounded in size and in depth. */
final class ConfigParser {
  private static final long MAX_JSON_BYTES = 64L << 20;
  private static final int MAX_YAML_BYTES = 256 << 10;
  private static final int MAX_DEPTH = 64;
  private static final long MAX_JSON_TOKENS = 2_000_000;
  private static final int MAX_NAME = 4096;

  /** Python writes NaN and Infinity into JSON. */
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(Object.class);

  static {
    JSON.getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxTokenCount(MAX_JSON_TOKENS)
                .maxNameLength(MAX_NAME)
                .build());
  }

  private ConfigParser() {}

  static Map<String, @Nullable Object> json(Path file) {
    byte[] text = read(file, MAX_JSON_BYTES);
    return json(file.toString(), text);
  }

  static Map<String, @Nullable Object> json(String file, byte[] text) {
    try {
      return object(file, JSON.readValue(text));
    } catch (IOException e) {
      throw invalid(file, "JSON", e);
    }
  }

  static Map<String, @Nullable Object> yaml(Path file) {
    byte[] text = read(file, MAX_YAML_BYTES);
    return yaml(file.toString(), text);
  }

  static Map<String, @Nullable Object> yaml(String file, byte[] text) {
    try {
      return object(file, BoundedYaml.load(text, MAX_DEPTH));
    } catch (RuntimeException e) {
      throw invalid(file, "YAML", e);
    }
  }

  /** The map with its keys as text. */
  static Map<String, @Nullable Object> object(Map<?, ?> map) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    map.forEach((key, value) -> object.put(String.valueOf(key), value));
    return Collections.unmodifiableMap(object);
  }

  private static Map<String, @Nullable Object> object(String file, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return object(map);
    }
    throw new CheckpointException(
        file + ": holds no object with keys; use the file shipped with the checkpoint");
  }

  private static byte[] read(Path file, long limit) {
    MappedFile bytes = MappedFile.open(file);
    if (bytes.bytes() > limit) {
      throw new CheckpointException(
          file
              + ": has "
              + bytes.bytes()
              + " bytes, more than a configuration of at most "
              + limit
              + "; use the file shipped with the checkpoint");
    }
    ByteBuffer slice = bytes.slice(0, (int) bytes.bytes());
    byte[] text = new byte[slice.remaining()];
    slice.get(text);
    return text;
  }

  private static CheckpointException invalid(String file, String format, Exception e) {
    return new CheckpointException(
        file
            + ": is not valid "
            + format
            + " ("
            + e.getMessage()
            + "); use the file shipped with the checkpoint",
        e);
  }
}
