package io.longcat4j.server.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reads and writes JSON. What is read is a stranger's: bounded in depth, each name once. */
public final class Json {
  private static final int DEEPEST = 100;
  private static final int LONGEST_NUMBER = 100;

  /** The size of a whole text is bounded before it is read. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEEPEST)
                          .maxNumberLength(LONGEST_NUMBER)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /**
   * Reads an object.
   *
   * @param text in UTF-8
   * @return the object
   * @throws ApiException if it is none
   */
  public static ObjectNode read(byte[] text) {
    try {
      return requireObject(MAPPER.readTree(text));
    } catch (IOException e) {
      throw notJson(e);
    }
  }

  /**
   * Reads an object.
   *
   * @param text the characters
   * @return the object
   * @throws ApiException if it is none
   */
  public static ObjectNode read(String text) {
    try {
      return requireObject(MAPPER.readTree(text));
    } catch (JsonProcessingException e) {
      throw notJson(e);
    }
  }

  /**
   * Writes JSON without white space.
   *
   * @param node anything
   * @return the text
   */
  public static String write(JsonNode node) {
    return node.toString();
  }

  /**
   * Writes JSON in UTF-8.
   *
   * @param node anything
   * @return the text
   */
  public static byte[] bytes(JsonNode node) {
    return write(node).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * An empty object.
   *
   * @return to be filled
   */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /**
   * An empty array.
   *
   * @return to be filled
   */
  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  private static ObjectNode requireObject(JsonNode node) {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw ApiException.of(400, "invalid_json", "A JSON object was expected, but this is none");
  }

  private static ApiException notJson(Exception cause) {
    String reason =
        cause instanceof JsonProcessingException parsing
            ? parsing.getOriginalMessage()
            : cause.getMessage();
    return ApiException.of(400, "invalid_json", "This is not valid JSON: " + reason);
  }
}
