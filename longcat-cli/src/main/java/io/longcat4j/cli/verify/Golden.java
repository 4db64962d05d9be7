package io.longcat4j.cli.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.SafetensorsFile;
import io.longcat4j.checkpoint.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A golden folder: named tensors and named JSON values that are inputs or expectations. Immutable.
 *
 * <p>JSON entries are named by their way: {@code video.tokens} for a field of an object, {@code
 * images.photo.grid} for a field of a named element of a list, {@code templates[3]} for an element
 * without a name of its own, {@code key} for anything else.
 */
public final class Golden {
  private static final String TENSORS = "golden.safetensors";
  private static final String VALUES = "golden.json";

  private final TensorSource tensors;
  private final JsonNode json;
  private final Map<String, JsonNode> values;

  private Golden(TensorSource tensors, JsonNode json) {
    this.tensors = tensors;
    this.json = json;
    this.values = flatten(json);
  }

  /**
   * Opens a folder with {@code golden.safetensors} and {@code golden.json}. A codec encoder's needs
   * no {@code golden.json}.
   *
   * @param folder the folder
   * @return its content
   * @throws CheckpointException if a file is absent or damaged
   */
  public static Golden open(Path folder) {
    TensorSource tensors = SafetensorsFile.open(folder.resolve(TENSORS));
    Path values = folder.resolve(VALUES);
    boolean mayLackValues = tensors.names().stream().anyMatch(CodecEncoderStage::isResult);
    return mayLackValues && !Files.exists(values)
        ? new Golden(tensors, JsonNodeFactory.instance.objectNode())
        : new Golden(tensors, read(values));
  }

  static Golden of(TensorSource tensors, JsonNode json) {
    return new Golden(tensors, json);
  }

  private static JsonNode read(Path file) {
    try {
      JsonNode json = JsonMapper.builder().build().readTree(Files.readAllBytes(file));
      if (!json.isObject()) {
        throw new CheckpointException(file + ": expected a JSON object; fetch the folder again");
      }
      return json;
    } catch (JsonProcessingException e) {
      throw new CheckpointException(file + ": not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new CheckpointException(
          file + ": cannot be read (" + e + "); pass a folder with " + TENSORS + " and " + VALUES,
          e);
    }
  }

  /**
   * The tensors.
   *
   * @return as in {@code golden.safetensors}
   */
  public TensorSource tensors() {
    return tensors;
  }

  /**
   * The whole of {@code golden.json}.
   *
   * @return an object
   */
  public JsonNode json() {
    return json;
  }

  /**
   * The names of all tensors and JSON entries.
   *
   * @return in the files' order, tensors first
   */
  public Set<String> entries() {
    Set<String> all = new LinkedHashSet<>(tensors.names());
    all.addAll(values.keySet());
    return all;
  }

  /**
   * A JSON entry.
   *
   * @param entry its name
   * @return its value
   * @throws CheckpointException if there is none
   */
  public JsonNode value(String entry) {
    JsonNode value = values.get(entry);
    if (value == null) {
      throw new CheckpointException(VALUES + ": the entry " + entry + " is missing");
    }
    return value;
  }

  /**
   * Whether a tensor or a JSON entry exists.
   *
   * @param entry its name
   * @return true if it does
   */
  public boolean has(String entry) {
    return values.containsKey(entry) || tensors.find(entry).isPresent();
  }

  /**
   * The names of a list's elements, such as those of {@code images}.
   *
   * @param key a key of {@code golden.json}
   * @return in order; empty if the key is absent or its elements have no names
   */
  public List<String> namesIn(String key) {
    return names(json.path(key));
  }

  private static Map<String, JsonNode> flatten(JsonNode json) {
    Map<String, JsonNode> entries = new LinkedHashMap<>();
    json.forEachEntry((key, value) -> flatten(key, value, entries));
    return entries;
  }

  private static void flatten(String key, JsonNode value, Map<String, JsonNode> entries) {
    if (value.isObject()) {
      value.forEachEntry((field, inner) -> entries.put(key + "." + field, inner));
    } else if (value.isArray() && !value.isEmpty() && value.get(0).isObject()) {
      flattenList(key, value, entries);
    } else {
      entries.put(key, value);
    }
  }

  private static void flattenList(String key, JsonNode list, Map<String, JsonNode> entries) {
    List<String> names = names(list);
    for (int i = 0; i < list.size(); i++) {
      if (names.isEmpty()) {
        entries.put(key + "[" + i + "]", list.get(i));
      } else {
        String prefix = key + "." + names.get(i) + ".";
        list.get(i).forEachEntry((field, inner) -> entries.put(prefix + field, inner));
      }
    }
  }

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.forEach(element -> names.add(element.path("name").asText("")));
    boolean unique = new HashSet<>(names).size() == names.size() && !names.contains("");
    return unique ? names : List.of();
  }
}
