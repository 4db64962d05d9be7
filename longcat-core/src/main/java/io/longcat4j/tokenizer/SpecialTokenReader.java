package io.longcat4j.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects the tokens that files make special without listing them with ids, as transformers 5
 * does: by one of the seven usual roles, by another role such as {@code image_token}, in {@code
 * extra_special_tokens} or in {@code additional_special_tokens}. Used once.
 */
final class SpecialTokenReader {
  private static final List<String> USUAL =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");
  private static final List<String> SWITCHES = List.of("add_bos_token", "add_eos_token");
  private static final List<String> NAMED =
      List.of("model_specific_special_tokens", "extra_special_tokens");
  private static final List<String> LISTED =
      List.of("additional_special_tokens", "extra_special_tokens");

  private final Map<String, String> contentByRole = new LinkedHashMap<>();
  private final Map<String, AddedToken> tokens = new LinkedHashMap<>();

  /** Reads a file; roles that an earlier one has given stay. */
  void read(JsonNode root, TokenizerSection section) {
    for (String role : USUAL) {
      role(role, root.path(role), /* objects= */ true, section);
    }
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      String key = entry.getKey();
      if (key.endsWith("_token") && !SWITCHES.contains(key) && !USUAL.contains(key)) {
        role(key, entry.getValue(), entry.getValue().has("__type"), section);
      }
    }
    for (String key : NAMED) {
      for (Map.Entry<String, JsonNode> entry : root.path(key).properties()) {
        JsonNode value = entry.getValue();
        role(entry.getKey(), value.isObject() ? value.path("content") : value, false, section);
      }
    }
    for (String key : LISTED) {
      if (root.path(key).isArray()) {
        root.path(key).forEach(each -> token(each, /* objects= */ true, section));
      }
    }
  }

  Map<String, String> contentByRole() {
    return contentByRole;
  }

  List<AddedToken> tokens() {
    return new ArrayList<>(tokens.values());
  }

  private void role(String role, JsonNode value, boolean objects, TokenizerSection section) {
    if (!contentByRole.containsKey(role)) {
      String content = token(value, objects, section);
      if (!content.isEmpty()) {
        contentByRole.put(role, content);
      }
    }
  }

  /** Its content; empty for what is no token, such as null. */
  private String token(JsonNode value, boolean objects, TokenizerSection section) {
    if (value.isTextual()) {
      String content = value.textValue();
      add(new AddedToken(0, content, false, false, false, false, true));
      return content;
    }
    if (objects && value.path("content").isTextual()) {
      AddedToken token = AddedTokenReader.read(section, value, 0);
      boolean normalized = section.flag(value, "normalized", false);
      add(token.special(normalized));
      return token.content();
    }
    return "";
  }

  private void add(AddedToken token) {
    if (!token.content().isEmpty()) {
      tokens.putIfAbsent(token.content(), token);
    }
  }
}
