package io.longcat4j.messages;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.InvalidRequestException;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;

/**
 * A JSON object whose place in the file is known, so that every mistake can be named. A key whose
 * value is null counts as absent, except where {@link #isNull} asks.
 *
 * @param place such as {@code case weather, message 1, part 2}
 * @param node the object
 */
public record Fields(String place, JsonNode node) {

  /**
   * A value that must be an object.
   *
   * @param place where it stands, for messages
   * @param node the value
   * @return the object
   * @throws InvalidRequestException if it is none
   */
  public static Fields of(String place, JsonNode node) {
    if (!node.isObject()) {
      throw new InvalidRequestException(
          place + ": expected a JSON object in braces, but found " + excerpt(node));
    }
    return new Fields(place, node);
  }

  /**
   * Refuses keys that mean nothing here.
   *
   * @param keys those that do
   * @return this
   * @throws InvalidRequestException if there is another
   */
  public Fields allowOnly(Set<String> keys) {
    Iterator<String> names = node.fieldNames();
    while (names.hasNext()) {
      String name = names.next();
      if (!keys.contains(name)) {
        throw new InvalidRequestException(
            place + ": unknown key '" + name + "'; allowed are " + keys.stream().sorted().toList());
      }
    }
    return this;
  }

  boolean isNull(String key) {
    return node.has(key) && node.get(key).isNull();
  }

  /**
   * A value that must be there.
   *
   * @param key its key
   * @return the value
   * @throws InvalidRequestException if it is not
   */
  public JsonNode require(String key) {
    if (!node.hasNonNull(key)) {
      throw new InvalidRequestException(
          place + ": the key '" + key + "' is missing; add it as the published format asks");
    }
    return node.get(key);
  }

  /**
   * A value that may be there.
   *
   * @param key its key
   * @return the value
   */
  public Optional<JsonNode> find(String key) {
    return node.hasNonNull(key) ? Optional.of(node.get(key)) : Optional.empty();
  }

  Fields object(String key) {
    return of(place + ", " + key, require(key));
  }

  Optional<Fields> findObject(String key) {
    return find(key).map(value -> of(place + ", " + key, value));
  }

  /**
   * A text that must be there.
   *
   * @param key its key
   * @return the text
   * @throws InvalidRequestException if it is missing or no text
   */
  public String text(String key) {
    JsonNode value = require(key);
    if (!value.isTextual()) {
      throw wrong(key, "a text in quotation marks", value);
    }
    return value.textValue();
  }

  boolean isTrue(String key) {
    Optional<JsonNode> value = find(key);
    if (value.isPresent() && !value.get().isBoolean()) {
      throw wrong(key, "true or false", value.get());
    }
    return value.isPresent() && value.get().booleanValue();
  }

  Optional<Integer> integer(String key) {
    return find(key)
        .map(
            value -> {
              if (!value.canConvertToExactIntegral() || !value.canConvertToInt()) {
                throw wrong(key, "a whole number", value);
              }
              return value.intValue();
            });
  }

  Optional<Double> number(String key) {
    return find(key)
        .map(
            value -> {
              if (!value.isNumber()) {
                throw wrong(key, "a number", value);
              }
              return value.doubleValue();
            });
  }

  /**
   * An error that names the value, to be thrown.
   *
   * @param key whose value is wrong
   * @param expected what it should be
   * @param found what it is
   * @return the error
   */
  public InvalidRequestException wrong(String key, String expected, JsonNode found) {
    return new InvalidRequestException(
        place + ": '" + key + "' should be " + expected + ", but is " + excerpt(found));
  }

  private static String excerpt(JsonNode node) {
    String text = node.toString();
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }
}
