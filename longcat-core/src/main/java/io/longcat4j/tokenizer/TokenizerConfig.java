package io.longcat4j.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.longcat4j.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What {@code tokenizer_config.json} and {@code special_tokens_map.json} add to {@code
 * tokenizer.json}.
 *
 * @param contentByRole such as {@code eos_token} to its content
 * @param added tokens listed with their ids
 * @param special tokens that a role or a list makes special, in the order in which they get ids
 *     where the vocabulary has none for them
 */
record TokenizerConfig(
    Map<String, String> contentByRole, List<AddedToken> added, List<AddedToken> special) {

  static TokenizerConfig read(Path directory) {
    Path file = directory.resolve("tokenizer_config.json");
    JsonNode root = object(file);
    SpecialTokenReader specials = new SpecialTokenReader();
    specials.read(root, new TokenizerSection(file, "special tokens"));
    List<AddedToken> added = added(root, file);
    if (added.isEmpty()) {
      Path map = directory.resolve("special_tokens_map.json");
      specials.read(object(map), new TokenizerSection(map, "special tokens"));
    }
    return new TokenizerConfig(specials.contentByRole(), added, specials.tokens());
  }

  private static JsonNode object(Path file) {
    if (!JsonInput.exists(file)) {
      return MissingNode.getInstance();
    }
    JsonNode root;
    try (InputStream in = JsonInput.open(file)) {
      root = new ObjectMapper().readTree(in);
    } catch (JsonProcessingException e) {
      throw new CheckpointException(
          file + " is not valid JSON: " + e.getOriginalMessage() + "; copy it again", e);
    } catch (IOException e) {
      throw JsonInput.unreadable(file, e);
    }
    if (!root.isObject()) {
      throw new CheckpointException(file + " is not a JSON object; copy it again");
    }
    return root;
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
