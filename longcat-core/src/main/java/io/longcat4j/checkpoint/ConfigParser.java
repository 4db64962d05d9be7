package io.longcat4j.checkpoint;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longcat4j.CheckpointException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** JSON and YAML files to maps. Everything read is bounded in size and in depth. */
final class ConfigParser {
  private static final long MAX_JSON_BYTES = 256L << 20;
  private static final int MAX_YAML_BYTES = 4 << 20;
  private static final int MAX_DEPTH = 64;
  private static final int MAX_YAML_ALIASES = 50;

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
            StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build());
  }

  private ConfigParser() {}

  static Map<String, @Nullable Object> json(Path file) {
    byte[] text = read(file, MAX_JSON_BYTES);
    try {
      return object(file, JSON.readValue(text));
    } catch (IOException e) {
      throw invalid(file, "JSON", e);
    }
  }

  static Map<String, @Nullable Object> yaml(Path file) {
    byte[] text = read(file, MAX_YAML_BYTES);
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setAllowRecursiveKeys(false);
    options.setMaxAliasesForCollections(MAX_YAML_ALIASES);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setCodePointLimit(MAX_YAML_BYTES);
    try {
      return object(
          file, new Yaml(new SafeConstructor(options)).load(new ByteArrayInputStream(text)));
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

  private static Map<String, @Nullable Object> object(Path file, @Nullable Object value) {
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

  private static CheckpointException invalid(Path file, String format, Exception e) {
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
