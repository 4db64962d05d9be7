package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A configuration with typed access; every error names the file and the full key. A key whose value
 * is null counts as absent. Immutable and thread-safe.
 */
public final class ConfigFile {
  private final String file;
  private final String prefix;
  private final Map<String, @Nullable Object> values;

  private ConfigFile(String file, String prefix, Map<String, @Nullable Object> values) {
    this.file = file;
    this.prefix = prefix;
    this.values = values;
  }

  /**
   * Reads a JSON object.
   *
   * @param file a file of at most 64 MiB
   * @return its contents
   * @throws CheckpointException if it is absent, invalid, repeats a key, or holds no object
   */
  public static ConfigFile json(Path file) {
    return new ConfigFile(file.toString(), "", ConfigParser.json(file));
  }

  /**
   * Reads a YAML mapping. Only plain data is accepted, no language types.
   *
   * @param file a file of at most 256 KiB
   * @return its contents
   * @throws CheckpointException if it is absent, invalid, repeats a key, or holds no mapping
   */
  public static ConfigFile yaml(Path file) {
    return new ConfigFile(file.toString(), "", ConfigParser.yaml(file));
  }

  /**
   * A configuration that is in memory already.
   *
   * @param name how messages name it
   * @param values numbers, texts, booleans, lists, and maps with text keys
   * @return the configuration
   */
  public static ConfigFile of(String name, Map<String, ?> values) {
    return new ConfigFile(name, "", ConfigParser.object(values));
  }

  /**
   * How messages name this configuration.
   *
   * @return the file, and for a child its key
   */
  public String describe() {
    return prefix.isEmpty() ? file : file + ": " + prefix.substring(0, prefix.length() - 1);
  }

  /**
   * All keys, those of null values included.
   *
   * @return in file order
   */
  public Set<String> keys() {
    return values.keySet();
  }

  /**
   * Whether a key has a value.
   *
   * @param key the key
   * @return false where it is absent or null
   */
  public boolean has(String key) {
    return values.get(key) != null;
  }

  /**
   * A value as it was read, for messages and for keys of several types.
   *
   * @param key the key
   * @return a {@code Number}, {@code String}, {@code Boolean}, {@code List} or {@code Map}
   */
  public Optional<Object> find(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /**
   * A whole number.
   *
   * @param key the key
   * @return its value; empty where it is absent
   * @throws CheckpointException if it is of another type or beyond 32 bits
   */
  public Optional<Integer> findInt(String key) {
    return find(key, this::asInt);
  }

  /**
   * A number.
   *
   * @param key the key
   * @return its value; empty where it is absent
   * @throws CheckpointException if it is of another type or not finite
   */
  public Optional<Double> findDouble(String key) {
    return find(key, this::asDouble);
  }

  /**
   * A text.
   *
   * @param key the key
   * @return its value; empty where it is absent
   * @throws CheckpointException if it is of another type
   */
  public Optional<String> findString(String key) {
    return find(key, this::asString);
  }

  /**
   * A switch.
   *
   * @param key the key
   * @return its value; empty where it is absent
   * @throws CheckpointException if it is of another type
   */
  public Optional<Boolean> findBoolean(String key) {
    return find(key, this::asBoolean);
  }

  /**
   * A nested configuration.
   *
   * @param key the key
   * @return the child; empty where it is absent
   * @throws CheckpointException if it is of another type
   */
  public Optional<ConfigFile> findChild(String key) {
    return find(key, this::asChild);
  }

  /**
   * A list of whole numbers.
   *
   * @param key the key
   * @return the list; empty where it is absent
   * @throws CheckpointException if it is of another type
   */
  public Optional<List<Integer>> findInts(String key) {
    return find(key, (at, value) -> asList(at, value, this::asInt));
  }

  /** {@link #findInt} that must be there. */
  public int requireInt(String key) {
    return required(key, findInt(key));
  }

  /** {@link #findDouble} that must be there. */
  public double requireDouble(String key) {
    return required(key, findDouble(key));
  }

  /** {@link #findString} that must be there. */
  public String requireString(String key) {
    return required(key, findString(key));
  }

  /** {@link #findBoolean} that must be there. */
  public boolean requireBoolean(String key) {
    return required(key, findBoolean(key));
  }

  /** {@link #findChild} that must be there. */
  public ConfigFile child(String key) {
    return required(key, findChild(key));
  }

  /** A list of whole numbers that must be there. */
  public List<Integer> requireInts(String key) {
    return required(key, findInts(key));
  }

  /** A list of numbers that must be there. */
  public List<Double> requireDoubles(String key) {
    return required(key, find(key, (at, value) -> asList(at, value, this::asDouble)));
  }

  /** A list of texts that must be there. */
  public List<String> requireStrings(String key) {
    return required(key, find(key, (at, value) -> asList(at, value, this::asString)));
  }

  /** {@link #findInt} with a value for its absence. */
  public int intOr(String key, int absent) {
    return findInt(key).orElse(absent);
  }

  /** {@link #findDouble} with a value for its absence. */
  public double doubleOr(String key, double absent) {
    return findDouble(key).orElse(absent);
  }

  /** {@link #findString} with a value for its absence. */
  public String stringOr(String key, String absent) {
    return findString(key).orElse(absent);
  }

  /** {@link #findBoolean} with a value for its absence. */
  public boolean booleanOr(String key, boolean absent) {
    return findBoolean(key).orElse(absent);
  }

  /**
   * The error for a value that cannot be used.
   *
   * @param key the key
   * @param expectation what was expected instead, and what to do
   * @return an exception whose message names the file, the key and its value
   */
  public CheckpointException refuse(String key, String expectation) {
    return wrong(key, values.get(key), expectation);
  }

  private <T> Optional<T> find(String key, BiFunction<String, Object, T> as) {
    return find(key).map(value -> as.apply(key, value));
  }

  private <T> T required(String key, Optional<T> value) {
    return value.orElseThrow(
        () ->
            new CheckpointException(
                file
                    + ": "
                    + prefix
                    + key
                    + (values.containsKey(key) ? " is null" : " is missing")
                    + "; use the file shipped with the checkpoint"));
  }

  private int asInt(String key, Object value) {
    if (value instanceof Integer number) {
      return number;
    }
    if (value instanceof Double number && number == number.intValue()) {
      return number.intValue();
    }
    throw wrong(key, value, "expected a whole number of 32 bits");
  }

  private double asDouble(String key, Object value) {
    double number =
        value instanceof Number given
            ? given.doubleValue()
            : value instanceof String text ? parsed(text) : Double.NaN;
    if (!Double.isFinite(number)) {
      throw wrong(key, value, "expected a finite number");
    }
    return number;
  }

  /** YAML 1.1 takes numbers like 1e-5, without a dot, for text. */
  private static double parsed(String text) {
    return text.matches("[-+]?[0-9]{1,32}[eE][-+]?[0-9]{1,4}")
        ? Double.parseDouble(text)
        : Double.NaN;
  }

  private String asString(String key, Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw wrong(key, value, "expected a text");
  }

  private boolean asBoolean(String key, Object value) {
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(key, value, "expected true or false");
  }

  private ConfigFile asChild(String key, Object value) {
    if (value instanceof Map<?, ?> map) {
      return new ConfigFile(file, prefix + key + ".", ConfigParser.object(map));
    }
    throw wrong(key, value, "expected an object with keys of its own");
  }

  private <T> List<T> asList(String key, Object value, BiFunction<String, Object, T> as) {
    if (!(value instanceof List<?> list)) {
      throw wrong(key, value, "expected a list");
    }
    List<T> typed = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      String at = key + "[" + i + "]";
      @Nullable Object element = list.get(i);
      if (element == null) {
        throw wrong(at, element, "expected a value");
      }
      typed.add(as.apply(at, element));
    }
    return Collections.unmodifiableList(typed);
  }

  private CheckpointException wrong(String key, @Nullable Object value, String expectation) {
    return new CheckpointException(
        file
            + ": "
            + prefix
            + key
            + " is "
            + shown(value)
            + ", "
            + expectation
            + "; use the file shipped with the checkpoint");
  }

  /** Containers are not printed: they can be long, and in YAML even contain themselves. */
  private static String shown(@Nullable Object value) {
    if (value instanceof Map) {
      return "an object";
    }
    if (value instanceof List<?> list) {
      return "a list of " + list.size();
    }
    String shown = value instanceof String text ? '"' + text + '"' : String.valueOf(value);
    return shown.length() > 200 ? shown.substring(0, 200) + "..." : shown;
  }

  @Override
  public String toString() {
    return describe();
  }
}
