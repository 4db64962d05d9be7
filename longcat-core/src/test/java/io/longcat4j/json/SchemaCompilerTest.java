package io.longcat4j.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.spi.Cancellation;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaCompilerTest {
  /** Whether a text is a document of a schema. */
  private static boolean accepts(String schema, String text) {
    Configurations automaton =
        new Configurations(SchemaCompiler.compile(schema, Cancellation.BY_INTERRUPTION));
    int state = automaton.start();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      state = automaton.next(state, b & 0xff);
    }
    return automaton.isComplete(state);
  }

  private static void assertAccepts(String schema, String... texts) {
    for (String text : texts) {
      assertThat(accepts(schema, text)).as("%s is a document of %s", text, schema).isTrue();
    }
  }

  private static void assertRefuses(String schema, String... texts) {
    for (String text : texts) {
      assertThat(accepts(schema, text)).as("%s is a document of %s", text, schema).isFalse();
    }
  }

  @Test
  void anyDocumentNestsAndHasWhiteSpaceWherePeoplePutIt() {
    assertAccepts(
        "true",
        "null",
        " true",
        "-12.5e-3",
        "[]",
        "[[], {}]",
        "{\"a\": [1, {\"b\": \"\u4e2d\\n\\u00e9\"}], \"\ud83d\ude00\":false}",
        "{\n  \"a\": [\n    1,\n    2\n  ]\n}");
    assertRefuses(
        "true",
        "",
        "nul",
        "01",
        "1.",
        "-",
        "[1,]",
        "{a:1}",
        "{\"a\"}",
        "[1 2]",
        "\"\n\"",
        "\"\\ud83d\"",
        "\"\\x\"",
        "true ",
        "[1]]");
  }

  @Test
  void propertiesComeInOrderAndOptionalOnesMayBeLeftOut() {
    String schema =
        """
        {"type": "object",
         "properties": {"a": {"type": "integer"}, "b": {"type": "boolean"}, "c": {"type": "null"}},
         "required": ["b"]}\
        """;
    assertAccepts(
        schema,
        "{\"b\": true}",
        "{\"a\":1,\"b\":false}",
        "{\"b\": true, \"c\": null}",
        "{\"a\": -1, \"b\": true, \"c\": null}");
    assertRefuses(
        schema,
        "{}",
        "{\"a\": 1}",
        "{\"b\": true, \"a\": 1}",
        "{\"b\": 1}",
        "{\"a\": 1.5, \"b\": true}",
        "{\"b\": true,}",
        "{, \"b\": true}",
        "{\"b\": true, \"d\": 1}",
        "{\"b\": true, \"b\": true}");
  }

  @Test
  void otherPropertiesComeLastAndNeverRepeatANamedOne() {
    String schema =
        """
        {"type": "object", "properties": {"ab": {"type": "integer"}, "\u00e9": true},
         "additionalProperties": {"type": "string"}}\
        """;
    assertAccepts(
        schema,
        "{}",
        "{\"a\": \"x\"}",
        "{\"ab\": 1, \"abc\": \"x\", \"\": \"y\", \"a\u4e2d\": \"z\"}");
    assertRefuses(
        schema,
        "{\"ab\": \"x\"}",
        "{\"\\u0061b\": \"x\"}",
        "{\"c\": \"x\", \"ab\": 1}",
        "{\"c\": 1}",
        "{\"c\": \"x\", \"ab\": \"y\"}",
        "{\"\u00e9\": 1, \"\u00e9\": \"x\"}");
    String map = "{\"type\": \"object\", \"additionalProperties\": {\"type\": \"integer\"}}";
    assertAccepts(map, "{\"\u5317\u4eac\": 3, \"\u4e0a\u6d77\": 4}");
    assertRefuses("{\"type\": \"object\", \"additionalProperties\": false}", "{\"a\": 1}");
  }

  @Test
  void requiredPropertiesNeedNoSchemaOfTheirOwn() {
    String schema = "{\"type\": \"object\", \"required\": [\"x\"], \"additionalProperties\": true}";
    assertAccepts(schema, "{\"x\": [1]}", "{\"x\": 1, \"y\": 2}");
    assertRefuses(schema, "{}", "{\"y\": 2}");
  }

  @Test
  void lengthsCountCodePointsWhateverTheirSpelling() {
    String schema = "{\"type\": \"string\", \"minLength\": 2, \"maxLength\": 3}";
    assertAccepts(schema, "\"ab\"", "\"\ud83d\ude00\u4e2d\"", "\"\\n\\u00e9c\"");
    assertRefuses(schema, "\"a\"", "\"abcd\"", "\"\ud83d\ude00\"", "\"\"");
    assertAccepts("{\"maxLength\": 0, \"type\": \"string\"}", "\"\"");
  }

  @Test
  void numbersKeepToTheirBounds() {
    String age = "{\"type\": \"integer\", \"minimum\": 18, \"exclusiveMaximum\": 121}";
    assertAccepts(age, "18", "19", "99", "100", "120");
    assertRefuses(age, "17", "121", "0", "018", "-19", "18.5", "1");
    String around = "{\"type\": \"integer\", \"exclusiveMinimum\": -12.5, \"maximum\": 7}";
    assertAccepts(around, "-12", "-9", "-1", "0", "7");
    assertRefuses(around, "-13", "8", "10", "-20");
    String part = "{\"type\": \"number\", \"minimum\": 0, \"maximum\": 1}";
    assertAccepts(part, "0", "1", "0.5", "0.001");
    assertRefuses(part, "-0.5", "1.5", "2", "1.0001", "1e9");
    String positive = "{\"type\": \"number\", \"exclusiveMinimum\": 0}";
    assertAccepts(positive, "0.01", "12.0", "999");
    assertRefuses(positive, "0", "0.0", "-0", "-1");
    String negative = "{\"type\": \"number\", \"exclusiveMaximum\": 0, \"minimum\": -1e1000}";
    assertAccepts(negative, "-0.01", "-12", "-99.5");
    assertRefuses(negative, "0", "-0", "1");
    assertAccepts("{\"minimum\": 5}", "5.5", "5", "123456");
  }

  @Property(tries = 500)
  void exactlyTheNumbersBetweenTheBoundsAreAccepted(
      @ForAll @IntRange(min = -1200, max = 1200) int lowest,
      @ForAll @IntRange(min = 0, max = 1500) int span,
      @ForAll @IntRange(min = -1300, max = 1300) int value) {
    String schema =
        "{\"type\": \"integer\", \"minimum\": "
            + lowest
            + ", \"maximum\": "
            + (lowest + span)
            + "}";
    assertThat(accepts(schema, String.valueOf(value)))
        .isEqualTo(value >= lowest && value <= lowest + span);
  }

  @Test
  void itemsAreCounted() {
    String some =
        "{\"type\": \"array\", \"items\": {\"const\": 7}, \"minItems\": 1, \"maxItems\": 3}";
    assertAccepts(some, "[7]", "[7,7]", "[7, 7, 7]");
    assertRefuses(some, "[]", "[7,7,7,7]", "[8]");
    String many = "{\"type\": \"array\", \"items\": {\"const\": 7}, \"minItems\": 2}";
    assertAccepts(many, "[7,7]", "[7,7,7,7,7]");
    assertRefuses(many, "[]", "[7]");
    assertAccepts("{\"type\": \"array\", \"maxItems\": 0}", "[]");
    assertRefuses("{\"type\": \"array\", \"maxItems\": 0}", "[1]");
    String pair =
        "{\"type\": \"array\", \"prefixItems\": [{\"type\": \"string\"}, {\"type\": \"null\"}],"
            + " \"items\": false}";
    assertAccepts(pair, "[]", "[\"a\"]", "[\"a\", null]");
    assertRefuses(pair, "[null]", "[\"a\", null, 1]");
    String open =
        "{\"type\": \"array\", \"prefixItems\": [{\"type\": \"string\"}], \"items\": {\"const\":"
            + " 1}}";
    assertAccepts(open, "[]", "[\"a\", 1, 1, 1]");
    assertRefuses(open, "[\"a\", \"b\"]", "[1]");
  }

  @Test
  void valuesAreWrittenAsTheSchemaWritesThemWhereItsOtherKeywordsAllowThem() {
    String schema =
        "{\"enum\": [\"a\", \"\u4e2d\", 1, null, {\"b\": [2]}, \"long\"], \"type\": [\"string\","
            + " \"object\"], \"maxLength\": 2}";
    assertAccepts(schema, "\"a\"", "\"\u4e2d\"", "{\"b\":[2]}");
    assertRefuses(schema, "1", "null", "\"long\"", "\"b\"", "{\"b\":[3]}");
    assertAccepts("{\"const\": 1.50}", "1.5");
  }

  @Test
  void alternativesAndTypesAreAllOpen() {
    String schema = "{\"anyOf\": [{\"type\": [\"integer\", \"null\"]}, {\"type\": \"string\"}]}";
    assertAccepts(schema, "1", "null", "\"x\"");
    assertRefuses(schema, "1.5", "true", "[]");
    assertAccepts("{\"allOf\": [{\"type\": \"null\"}]}", "null");
    assertAccepts("{\"type\": \"number\"}", "1", "-0.5", "1e9");
  }

  @Test
  void referencesMayGoInCircles() {
    String tree =
        """
        {"$ref": "#/$defs/node",
         "$defs": {"node": {"type": "object",
           "properties": {"v": {"type": "integer"}, "kids": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
           "required": ["v"], "additionalProperties": false}}}\
        """;
    assertAccepts(
        tree, "{\"v\": 1}", "{\"v\": 1, \"kids\": [{\"v\": 2, \"kids\": []}, {\"v\": 3}]}");
    assertRefuses(tree, "{\"v\": 1, \"kids\": [{\"kids\": []}]}");
    String list =
        "{\"type\": \"object\", \"properties\": {\"a/b\": {\"anyOf\": [{\"$ref\": \"#\"},"
            + " {\"type\": \"null\"}]}}, \"required\": [\"a/b\"]}";
    assertAccepts(list, "{\"a/b\": {\"a/b\": null}}");
    assertRefuses(list, "{}");
  }

  @Test
  void casesOfOneOfAreToldApart() {
    String shapes =
        """
        {"oneOf": [
          {"type": "object", "properties": {"kind": {"const": "a"}, "x": {"type": "integer"}}, "required": ["kind", "x"]},
          {"type": "object", "properties": {"kind": {"enum": ["b", "c"]}}, "required": ["kind"]},
          {"type": "string"}, {"const": 1}, {"const": 2}]}\
        """;
    assertAccepts(shapes, "{\"kind\": \"a\", \"x\": 1}", "{\"kind\": \"c\"}", "\"a\"", "1", "2");
    assertRefuses(shapes, "{\"kind\": \"a\"}", "3");
    assertRefused(
        "{\"type\": \"array\", \"items\": {\"oneOf\": [{\"type\": \"integer\"}, {\"type\":"
            + " \"number\"}]}}",
        "oneOf at #/items has the cases 0 and 1");
    assertRefused("{\"oneOf\": [{\"const\": 1}, {\"enum\": [2, 1.0]}]}", "oneOf at #");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "pattern | {'type': 'object', 'properties': {'a/b': {'type': 'string', 'pattern': 'x'}}} |"
            + " pattern at #/properties/a~1b is not supported",
        "unique | {'type': 'array', 'items': {'type': 'array', 'uniqueItems': true}} | uniqueItems"
            + " at #/items is not supported",
        "not | {'anyOf': [true, {'not': {}}]} | not at #/anyOf/1 is not supported",
        "format | {'$defs': {'d': {'type': 'string', 'format': 'date'}}, '$ref': '#/$defs/d'} |"
            + " format at #/$defs/d is not supported",
        "enum beside | {'enum': [{}], 'required': ['a']} | required at # stands beside enum",
        "remote | {'$ref': 'http://localhost/x'} | refers to 'http://localhost/x'",
        "missing | {'$ref': '#/$defs/x'} | $ref at # refers to '#/$defs/x', which is no schema",
        "no pointer | {'$ref': '#/a%2'} | which is no JSON pointer",
        "no anchor | {'$ref': '#x'} | refers to '#x', which is no schema",
        "old draft | {'$schema': 'http://json-schema.org/draft-04/schema#'} | $schema is"
            + " 'http://json-schema.org/draft-04/schema#'",
        "unknown draft | {'$schema': 'http://example.org/mine'} | drafts 7, 2019-09 and 2020-12 are"
            + " known",
        "bad type | {'type': 'text'} | not well-formed: type at # is 'text', but must be array,"
            + " boolean",
        "not a schema | 5 | not well-formed",
        "no JSON | {'type': | no JSON",
        "twice | {'type': 'null', 'type': 'string'} | no JSON",
        "more | {} {} | no JSON",
        "huge bound | {'type': 'number', 'minimum': 1e1000000} | minimum at # is 1E+1000000;"
            + " numbers have less than 1000 digits",
        "too large | {'type': 'array', 'items': {'type': 'array', 'minItems': 90000, 'items':"
            + " {'type': 'array', 'minItems': 80000, 'items': {'type': 'array', 'minItems':"
            + " 90000}}}, 'minItems': 90000} | too large",
        "endless | {'type': 'object', 'properties': {'a': {'$ref': '#'}}, 'required': ['a']} | No"
            + " finite document",
        "false | false | No finite document",
        "bounds | {'type': 'string', 'minLength': 3, 'maxLength': 2} | No finite document",
        "item bounds | {'type': 'array', 'minItems': 3, 'maxItems': 2} | No finite document",
        "no number | {'type': 'integer', 'minimum': 1.2, 'maximum': 1.8} | No finite document",
        "no value | {'type': 'string', 'enum': [1]} | No finite document",
        "circle | {'$ref': '#/$defs/a', '$defs': {'a': {'anyOf': [{'$ref': '#/$defs/a'}, {'type':"
            + " 'null'}]}}} | leads back to itself",
        "list of items | {'items': [{}]} | items at # is a list; use prefixItems",
        "prefix in draft 7 | {'$schema': 'http://json-schema.org/draft-07/schema#', 'prefixItems':"
            + " [{}]} | prefixItems at # is no keyword of draft 7",
        "huge length | {'type': 'string', 'maxLength': 10000000000} | maxLength at # is"
            + " 10000000000; at most 100000",
      })
  void whatIsNotSupportedIsRefusedByNameAndPlace(String name, String schema, String message) {
    assertRefused(schema.replace('\'', '"'), message.replace('\'', '"'));
  }

  private static void assertRefused(String schema, String message) {
    assertThatThrownBy(() -> SchemaCompiler.compile(schema, Cancellation.BY_INTERRUPTION))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(message);
  }

  @Test
  void anEmptySchemaTextIsRefused() {
    assertRefused("", "is empty");
  }
}
