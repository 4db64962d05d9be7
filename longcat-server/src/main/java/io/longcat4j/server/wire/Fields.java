package io.longcat4j.server.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The fields of an object that a client sent. A field that is {@code null} counts as absent; one of
 * the wrong type is refused with its place.
 *
 * @param node the object
 * @param path where it stands; empty for the whole
 */
public record Fields(ObjectNode node, String path) {
  /**
   * The fields of a whole document.
   *
   * @param node the document
   * @return its fields
   */
  public static Fields of(ObjectNode node) {
    return new Fields(node, "");
  }

  /**
   * The fields of a value that must be an object.
   *
   * @param value any value
   * @param path where it stands
   * @return its fields
   */
  public static Fields of(JsonNode value, String path) {
    if (value instanceof ObjectNode object) {
      return new Fields(object, path);
    }
    throw ApiException.invalid(path, path + " must be an object");
  }

  /**
   * Where a field stands.
   *
   * @param name of the field
   * @return its path
   */
  public String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /**
   * Whether a field is there.
   *
   * @param name of the field
   * @return false also for null
   */
  public boolean has(String name) {
    return node.hasNonNull(name);
  }

  /**
   * A field of any type.
   *
   * @param name of the field
   * @return its value
   */
  public Optional<JsonNode> value(String name) {
    return has(name) ? Optional.of(node.get(name)) : Optional.empty();
  }

  /**
   * A string.
   *
   * @param name of the field
   * @return its value
   */
  public Optional<String> text(String name) {
    return value(name)
        .map(
            value -> {
              require(value.isTextual(), name, "a string");
              return value.textValue();
            });
  }

  /**
   * A string that must be there.
   *
   * @param name of the field
   * @return its value
   */
  public String requireText(String name) {
    return text(name).orElseThrow(() -> missing(name));
  }

  /**
   * One of some words.
   *
   * @param name of the field
   * @param words what it may be
   * @return its value
   */
  public Optional<String> word(String name, String... words) {
    Optional<String> text = text(name);
    text.ifPresent(
        value ->
            require(List.of(words).contains(value), name, "one of " + String.join(", ", words)));
    return text;
  }

  /**
   * True or false.
   *
   * @param name of the field
   * @return its value
   */
  public Optional<Boolean> flag(String name) {
    return value(name)
        .map(
            value -> {
              require(value.isBoolean(), name, "true or false");
              return value.booleanValue();
            });
  }

  /**
   * A finite number.
   *
   * @param name of the field
   * @param least inclusive
   * @param most inclusive
   * @return its value
   */
  public Optional<Double> number(String name, double least, double most) {
    return value(name)
        .map(
            value -> {
              double number = value.isNumber() ? value.doubleValue() : Double.NaN;
              require(
                  number >= least && number <= most,
                  name,
                  "a number from " + least + " to " + most);
              return number;
            });
  }

  /**
   * A whole number.
   *
   * @param name of the field
   * @param least inclusive
   * @param most inclusive
   * @return its value
   */
  public Optional<Long> integer(String name, long least, long most) {
    return value(name)
        .map(
            value -> {
              boolean whole = value.isIntegralNumber() && value.canConvertToLong();
              require(
                  whole && value.longValue() >= least && value.longValue() <= most,
                  name,
                  "a whole number from " + least + " to " + most);
              return value.longValue();
            });
  }

  /**
   * An object inside.
   *
   * @param name of the field
   * @return its fields
   */
  public Optional<Fields> object(String name) {
    return value(name).map(value -> of(value, at(name)));
  }

  /**
   * An object that must be there.
   *
   * @param name of the field
   * @return its fields
   */
  public Fields requireObject(String name) {
    return object(name).orElseThrow(() -> missing(name));
  }

  /**
   * A list.
   *
   * @param name of the field
   * @param reader makes a value of an element and its place
   * @param <T> of a value
   * @return the values; none where the field is absent
   */
  public <T> List<T> list(String name, BiFunction<JsonNode, String, T> reader) {
    List<T> values = new ArrayList<>();
    value(name)
        .ifPresent(
            list -> {
              require(list.isArray(), name, "an array");
              for (int i = 0; i < list.size(); i++) {
                values.add(reader.apply(list.get(i), at(name) + "[" + i + "]"));
              }
            });
    return values;
  }

  /**
   * A list of strings.
   *
   * @param name of the field
   * @return the strings; none where the field is absent
   */
  public List<String> texts(String name) {
    return list(
        name,
        (value, place) -> {
          if (!value.isTextual()) {
            throw ApiException.invalid(place, place + " must be a string");
          }
          return value.textValue();
        });
  }

  /**
   * Refuses fields that nobody knows.
   *
   * @param known all that may be there
   */
  public void refuseOthers(Set<String> known) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!known.contains(field.getKey()) && !field.getValue().isNull()) {
        throw ApiException.unsupported(
            at(field.getKey()), "Unrecognized request argument supplied: " + at(field.getKey()));
      }
    }
  }

  /**
   * The refusal of a field that is not there.
   *
   * @param name of the field
   * @return the exception
   */
  public ApiException missing(String name) {
    return ApiException.invalid(at(name), "Missing required parameter: " + at(name));
  }

  private void require(boolean holds, String name, String expected) {
    if (!holds) {
      throw ApiException.invalid(at(name), at(name) + " must be " + expected);
    }
  }
}
