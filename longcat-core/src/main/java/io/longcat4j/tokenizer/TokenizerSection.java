package io.longcat4j.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.CheckpointException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Typed access to a part of a JSON file, with errors that name it.
 *
 * @param file which file
 * @param name which part of it, such as {@code pre_tokenizer}
 */
record TokenizerSection(Path file, String name) {

  String type(JsonNode node) {
    return text(node, "type");
  }

  String text(JsonNode node, String key) {
    JsonNode value = node.path(key);
    if (!value.isTextual()) {
      throw invalid(key + " is " + describe(value) + " where a string is expected");
    }
    return value.textValue();
  }

  boolean flag(JsonNode node, String key, boolean absent) {
    JsonNode value = node.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return absent;
    }
    if (!value.isBoolean()) {
      throw invalid(key + " is " + describe(value) + " where true or false is expected");
    }
    return value.booleanValue();
  }

  int id(JsonNode node, String key) {
    JsonNode value = node.path(key);
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
      throw invalid(key + " is " + describe(value) + " where an id from 0 on is expected");
    }
    return value.intValue();
  }

  JsonNode array(JsonNode node, String key) {
    JsonNode value = node.path(key);
    if (!value.isArray()) {
      throw invalid(key + " is " + describe(value) + " where a list is expected");
    }
    return value;
  }

  /** The {@code pattern} of a node, {@code {"Regex": ..}} or {@code {"String": ..}}. */
  SplitPattern pattern(JsonNode node) {
    JsonNode pattern = node.path("pattern");
    if (pattern.has("String")) {
      return SplitPattern.ofLiteral(text(pattern, "String"));
    }
    String regex = text(pattern, "Regex");
    try {
      return SplitPattern.ofOniguruma(regex);
    } catch (IllegalArgumentException e) {
      String shown = regex.length() > 200 ? regex.substring(0, 200) + "..." : regex;
      throw invalid("the pattern " + shown + " cannot be used, it has " + e.getMessage(), e);
    }
  }

  CheckpointException unsupported(String found, String supported) {
    return invalid(found + " is not supported; supported are " + supported);
  }

  CheckpointException invalid(String what) {
    return invalid(what, null);
  }

  CheckpointException invalid(String what, @Nullable Throwable cause) {
    return new CheckpointException(
        file + ": " + name + ": " + what + "; use the byte-level BPE file of the checkpoint",
        cause);
  }

  private static String describe(JsonNode value) {
    if (value.isMissingNode()) {
      return "missing";
    }
    String text = value.toString();
    return text.length() > 60 ? text.substring(0, 60) + "..." : text;
  }
}
