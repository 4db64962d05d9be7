package io.longcat4j.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longcat4j.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code tokenizer_config.json} adds to {@code tokenizer.json}: the roles of special tokens.
 *
 * @param contentByRole such as {@code eos_token} to its content
 * @param added tokens listed with their ids
 */
record TokenizerConfig(Map<String, String> contentByRole, List<AddedToken> added) {
  private static final List<String> ROLES =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  static TokenizerConfig read(Path file) {
    if (!Files.exists(file)) {
      return new TokenizerConfig(Map.of(), List.of());
    }
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(file.toFile());
    } catch (JsonProcessingException e) {
      throw new CheckpointException(
          file + " is not valid JSON: " + e.getOriginalMessage() + "; copy it again", e);
    } catch (IOException e) {
      throw new CheckpointException(file + " cannot be read; check its permissions", e);
    }
    return new TokenizerConfig(roles(root), added(root, file));
  }

  private static Map<String, String> roles(JsonNode root) {
    Map<String, String> contentByRole = new LinkedHashMap<>();
    for (String role : ROLES) {
      JsonNode value = root.path(role);
      JsonNode content = value.isObject() ? value.path("content") : value;
      if (content.isTextual()) {
        contentByRole.put(role, content.textValue());
      }
    }
    return contentByRole;
  }

  private static List<AddedToken> added(JsonNode root, Path file) {
    List<AddedToken> added = new ArrayList<>();
    TokenizerSection section = new TokenizerSection(file, "added_tokens_decoder");
    for (Map.Entry<String, JsonNode> entry : root.path("added_tokens_decoder").properties()) {
      try {
        added.add(
            AddedTokenReader.read(section, entry.getValue(), Integer.parseInt(entry.getKey())));
      } catch (NumberFormatException e) {
        throw section.invalid("the key " + entry.getKey() + " is not an id", e);
      }
    }
    return added;
  }
}
