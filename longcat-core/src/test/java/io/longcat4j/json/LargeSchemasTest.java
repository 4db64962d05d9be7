package io.longcat4j.json;

import static io.longcat4j.json.Schemas.assertAccepts;
import static io.longcat4j.json.Schemas.assertNoSchema;
import static io.longcat4j.json.Schemas.assertRefuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.longcat4j.InvalidRequestException;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Schemas of a size that people do not write, but programs do. */
@Tag("once")
class LargeSchemasTest {
  static String listed(int count, IntFunction<String> item) {
    return IntStream.range(0, count).mapToObj(item).collect(Collectors.joining(",", "[", "]"));
  }

  private static String nested(int depth, String open, String inner, String close) {
    return open.repeat(depth) + inner + close.repeat(depth);
  }

  private static String references(int count) {
    return "{'$ref': '#/$defs/d0', '$defs': {"
        + IntStream.range(0, count)
            .mapToObj(i -> "'d" + i + "': {'$ref': '#/$defs/d" + (i + 1) + "'}")
            .collect(Collectors.joining(","))
        + ", 'd"
        + count
        + "': {'const': 1}}}";
  }

  private static String property(String key, String rest) {
    return "{'type': 'object', 'properties': {'" + key + "': {'const': 1}}" + rest + "}";
  }

  @Test
  void deepAndLongSchemasAreCompiled() {
    assertAccepts(
        nested(450, "{'type':'array','items':", "{'const':1}", "}"), nested(450, "[", "1", "]"));
    assertAccepts(nested(490, "{'anyOf':[{'const':0},", "{'const':1}", "]}"), "0", "1");
    assertAccepts(nested(490, "{'type':'integer','allOf':[", "{'minimum':3}", "]}"), "3");
    assertAccepts(references(5_000), "1");
    assertAccepts(references(100_000), "1");
    String key = "k".repeat(20_000);
    assertAccepts(property(key, ""), "{'" + key + "': 1}");
    assertAccepts(
        property(key, ", 'additionalProperties': {'const': 2}"), "{'" + key + "': 1, 'k': 2}");
    assertRefuses(property(key, ", 'additionalProperties': {'const': 2}"), "{'" + key + "': 2}");
    String longer = "k".repeat(100_000);
    assertThat(Schemas.compile(Schemas.quoted(property(longer, ""))).states())
        .isGreaterThan(100_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {501, 1_001, 100_000})
  void deeperOnesAreRefusedWithTheLimit(int depth) {
    String message = "brackets in more than 1000 brackets";
    assertNoSchema(nested(depth, "{'anyOf':[", "true", "]}"), message);
    assertNoSchema(nested(2 * depth, "{'items':", "true", "}"), message);
    assertNoSchema(nested(2 * depth, "{'not':", "true", "}"), message);
    assertNoSchema("{'const':" + nested(2 * depth, "[", "", "]") + "}", message);
    assertNoSchema("{'$defs':" + nested(2 * depth, "{'a':", "true", "}") + "}", message);
  }

  @Test
  void deepValuesAreWritten() {
    String value = nested(900, "[", "'x'", "]");
    assertAccepts("{'const': " + value + ", 'enum': [1, " + value + "]}", value);
  }

  @Test
  void manyValuesAreOneTree() {
    String schema = "{'enum': " + listed(20_000, i -> "'value-" + i + "'") + "}";
    assertAccepts(schema, "'value-0'", "'value-19999'");
    assertRefuses(schema, "'value-20000'", "'value-'", "'value-1999", "value-1'");
    assertThat(Schemas.compile(Schemas.quoted(schema)).states()).isLessThan(100_000);
    String typed = schema.replace("}", ", 'type': 'string', 'maxLength': 10}");
    assertAccepts(typed, "'value-9999'");
    assertRefuses(typed, "'value-10000'");
    String draft7 = "{'$schema': 'http://json-schema.org/draft-07/schema#'," + schema.substring(1);
    assertAccepts(draft7, "'value-7'");
  }

  @Test
  void manyConstantsOfAlternativesAreOneTreeToo() {
    for (String keyword : new String[] {"anyOf", "oneOf"}) {
      String schema = "{'" + keyword + "': " + listed(20_000, i -> "{'const': " + i + "}") + "}";
      assertAccepts(schema, "0", "19999");
      assertRefuses(schema, "20000");
      assertThat(Schemas.compile(Schemas.quoted(schema)).states()).isLessThan(100_000);
    }
    assertNoSchema(
        "{'oneOf': " + listed(20_000, i -> "{'const': " + i % 19_999 + ".0}") + "}",
        "oneOf at # has the cases 0 and 19999");
  }

  @Test
  void productsOfAlternativesAreRefusedBeforeTheyTakeAllMemory() {
    String schema =
        "{'allOf': "
            + listed(
                40, i -> "{'anyOf': [{'minLength': " + i + "}, {'maxLength': " + (100 + i) + "}]}")
            + ", 'type': 'string'}";
    assertNoSchema(schema, "too large");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whateverIsLongEndsWithAnAnswer(long seed) {
    Random random = new Random(seed);
    int count = 10_000 + random.nextInt(10_000);
    String[] schemas = {
      "{'type': 'object', 'properties': {"
          + IntStream.range(0, count)
              .mapToObj(i -> "'p" + random.nextInt() + "-" + i + "': {'type': 'string'}")
              .collect(Collectors.joining(","))
          + "}}",
      "{'type': 'object', 'required': " + listed(count, i -> "'r" + i + "'") + "}",
      "{'allOf': " + listed(count, i -> "{'maximum': " + random.nextInt() + "}") + "}",
      "{'type': 'array', 'prefixItems': " + listed(count, i -> "{'const': " + i + "}") + "}",
    };
    for (String schema : schemas) {
      assertThatCode(() -> compiled(schema)).doesNotThrowAnyException();
    }
  }

  private static void compiled(String schema) {
    try {
      Schemas.compile(Schemas.quoted(schema));
    } catch (InvalidRequestException e) {
      assertThat(e).hasMessageContaining("too large");
    }
  }

  @Test
  void aTextWithoutEndIsRefused() {
    assertNoSchema("{'const': '" + "x".repeat(SchemaText.MAX_CHARACTERS) + "'}", "at most 4194304");
  }

  @Test
  void halfACharacterIsWrittenAsAnEscape() {
    String schema = "{'enum': ['\\ud83d', ['\\udc00x'], {'\\ude00': 1}, 'a\\ud83d\\ude00b']}";
    assertAccepts(schema, "'\\ud83d'", "['\\udc00x']", "{'\\ude00':1}", "'a\ud83d\ude00b'");
    assertRefuses(schema, "'?'", "['?x']", "{'?':1}");
    String key =
        "{'type': 'object', 'properties': {'a\\ud800': {'const': 1}}, 'additionalProperties':"
            + " {'const': 2}}";
    assertAccepts(key, "{'a\\ud800': 1}", "{'a?': 2}");
    assertRefuses(key, "{'a?': 1}");
  }
}
