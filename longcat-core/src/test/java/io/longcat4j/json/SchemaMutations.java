package io.longcat4j.json;

import java.util.List;
import java.util.Random;

/** Texts that were schemas before something happened to them. */
final class SchemaMutations {
  private static final List<String> SEEDS =
      List.of(
          "{\"$ref\":\"#/$defs/e\",\"$defs\":{\"e\":{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"array\","
              + "\"items\":{\"$ref\":\"#/$defs/e\"},\"minItems\":2}]}}}",
          "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"definitions\":{\"a\":{\"$id\":\"#a\","
              + "\"enum\":[1,\"x\",null,{\"b\":[]}]}},\"items\":[{\"$ref\":\"#a\"}],\"additionalItems\":false}",
          "{\"$id\":\"https://example.org/s\",\"type\":[\"object\",\"null\"],\"properties\":{\"a\":{\"minimum\":"
              + "-1.5e3,\"exclusiveMaximum\":9},\"b\":{\"$id\":\"b\",\"$anchor\":\"here\",\"minLength\":1,"
              + "\"maxLength\":4}},\"required\":[\"a\"],\"additionalProperties\":{\"$ref\":\"b#here\"}}",
          "{\"oneOf\":[{\"type\":\"object\",\"properties\":{\"k\":{\"const\":1}},\"required\":[\"k\"]},"
              + "{\"const\":\"\\ud83d\"}],\"description\":\"d\",\"allOf\":[{\"if\":true},true]}",
          "{\"allOf\":[{\"properties\":{\"x\":{\"$ref\":\"#\"}}},{\"patternProperties\":{\"a\":5}}],"
              + "\"dependencies\":{\"a\":[\"b\"]},\"not\":{},\"prefixItems\":[false],\"uniqueItems\":false}");

  private static final List<String> PIECES =
      List.of(
          "\"$ref\":\"#\",",
          "\"type\":\"text\",",
          "\"type\":5,",
          "\"anyOf\":[true,{}],",
          "\"properties\":5,",
          "\"allOf\":[{\"$ref\":\"#/allOf/0\"}],",
          "\"minimum\":1e400,",
          "\"maximum\":-1e-400,",
          "\"enum\":[],",
          "\"$id\":\"#a b\",",
          "\"$id\":\"%\",",
          "\"$anchor\":\"\",",
          "\"maxLength\":99999,",
          "\"const\":1e9999999,",
          "\"minItems\":12345678901234567890,",
          "\"maxItems\":1.0,",
          "null",
          "true",
          "[]",
          "{}",
          "\"\\udc00\"",
          "~1",
          "%25",
          "#/",
          "\"",
          "\\",
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "-",
          "9",
          "\u0000",
          "\ud800",
          "\u4e2d");

  private final Random random;

  SchemaMutations(long seed) {
    this.random = new Random(seed);
  }

  String next() {
    String seed =
        random.nextInt(3) == 0
            ? RandomSchemas.schema(random.nextInt(500)).toString()
            : SEEDS.get(random.nextInt(SEEDS.size()));
    StringBuilder text = new StringBuilder(seed);
    for (int i = random.nextInt(4); i >= 0; i--) {
      mutate(text);
    }
    return text.toString();
  }

  private void mutate(StringBuilder text) {
    int at = random.nextInt(text.length() + 1);
    int to = Math.min(text.length(), at + 1 + random.nextInt(12));
    switch (random.nextInt(6)) {
      case 0 -> text.delete(at, Math.min(text.length(), at + 1));
      case 1 -> text.insert(at, piece());
      case 2 -> insertBehind(text, at, '{');
      case 3 -> replaceValue(text, at);
      case 4 -> text.insert(random.nextInt(text.length() + 1), text.substring(at, to));
      default -> text.delete(at, to);
    }
  }

  private String piece() {
    return PIECES.get(random.nextInt(PIECES.size()));
  }

  private void insertBehind(StringBuilder text, int from, char bracket) {
    int at = text.indexOf(String.valueOf(bracket), from);
    if (at >= 0) {
      text.insert(at + 1, piece());
    }
  }

  /** Puts a whole value in the place of a simple one, so that the text stays JSON. */
  private void replaceValue(StringBuilder text, int from) {
    int colon = text.indexOf(":", from);
    int end = colon < 0 ? -1 : text.indexOf(",", colon);
    if (end > 0) {
      List<String> values =
          List.of(
              "5", "-1", "null", "[]", "{}", "\"x\"", "true", "[1]", "{\"a\":7}", "1e99", "\"#\"");
      text.replace(colon + 1, end, values.get(random.nextInt(values.size())));
    }
  }
}
