package io.longcat4j.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;

/** Reads an added token from JSON. */
final class AddedTokenReader {
  private AddedTokenReader() {}

  static AddedToken read(TokenizerSection section, JsonNode node, int id) {
    if (id < 0 || id == Integer.MAX_VALUE) {
      throw section.invalid("the id " + id + " is not one from 0 to 2147483646");
    }
    boolean special = section.flag(node, "special", false);
    return new AddedToken(
        id,
        section.text(node, "content"),
        section.flag(node, "single_word", false),
        section.flag(node, "lstrip", false),
        section.flag(node, "rstrip", false),
        section.flag(node, "normalized", !special),
        special);
  }
}
