package io.longcat4j.json;

import static io.longcat4j.json.Schemas.assertAccepts;
import static io.longcat4j.json.Schemas.assertNoSchema;
import static io.longcat4j.json.Schemas.assertRefuses;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("once")
class SchemaReferencesTest {
  @Test
  void pointersBelowAnIdentifierBeginThere() {
    String schema =
        """
        {'$id': 'https://example.org/root', 'type': 'array', 'items': {'$ref': 'item'},
         '$defs': {
           'x': {'const': 'of the root'},
           'item': {'$id': 'item', 'anyOf': [{'$ref': '#/$defs/x'}, {'$ref': 'root#/$defs/x'}, {'$ref': '#here'}],
             '$defs': {'x': {'const': 'of the item'}, 'y': {'$anchor': 'here', 'const': 'named'}}}}}\
        """;
    assertAccepts(schema, "['of the item','of the root','named']");
    assertRefuses(schema.replace(", {'$ref': 'root#/$defs/x'}", ""), "['of the root']");
  }

  @Test
  void namesReachOnlyTheirOwnResource() {
    assertNoSchema(
        "{'$ref': '#here', '$defs': {'a': {'$id': 'a', '$defs': {'b': {'$anchor': 'here'}}}}}",
        "refers to '#here', which is no schema");
    assertAccepts(
        "{'$ref': 'a#here', '$defs': {'a': {'$id': 'a', '$defs': {'b': {'$anchor': 'here', 'const':"
            + " 1}}}}}",
        "1");
    assertAccepts(
        "{'$schema': 'http://json-schema.org/draft-07/schema#', 'items': {'$ref': '#item'},"
            + " 'definitions': {'i': {'$id': '#item', 'const': 1}}}",
        "[1]");
    assertNoSchema(
        "{'$defs': {'a': {'$anchor': 'x'}, 'b': {'$anchor': 'x'}}}",
        "$anchor at #/$defs/b names what is named at #/$defs/a");
    assertNoSchema(
        "{'$defs': {'a': {'$id': 'x'}, 'b': {'$id': 'x'}}}", "$id at #/$defs/b is 'x', as that of");
  }

  @ParameterizedTest
  @CsvSource({
    "#/$defs/a%2525b, 1",
    "#/$defs/a%25b, 2",
    "#/$defs/a~1b, 3",
    "#/$defs/a%2Fb, 6",
    "#/$defs/a~0b, 4",
    "#/$defs/a~01b, 5",
    "#/$defs/a%7E01b, 5",
    "#/$defs/a%7E1b, 3",
    "#/$defs/%E4%B8%AD, 7",
    "#/$defs/中, 7",
    "#/$defs/a+b, 8",
    "#/$defs/a b, 9",
    "#/$defs//c, 10"
  })
  void fragmentsAreDecodedBeforePointersAre(String reference, String value) {
    String schema =
        """
        {'$ref': '%s', '$defs': {
          'a%%25b': {'const': 1}, 'a%%b': {'const': 2}, 'a/b': {'const': 3}, 'a~b': {'const': 4},
          'a~1b': {'const': 5}, 'a': {'b': {'const': 6}}, '中': {'const': 7}, 'a+b': {'const': 8},
          'a b': {'const': 9}, '': {'c': {'const': 10}}}}\
        """
            .formatted(reference);
    assertAccepts(schema, value);
  }

  @Test
  void propertiesWithSignsInTheirNamesAreNotConfused() {
    String schema =
        "{'type': 'object', 'additionalProperties': false, 'properties':"
            + " {'a%25b': {'const': 1}, 'a%b': {'const': 2}, 'c': {'$ref': '#/properties/a%25b'}}}";
    assertAccepts(schema, "{'a%25b': 1, 'a%b': 2, 'c': 2}");
    assertRefuses(schema, "{'c': 1}", "{'a%25b': 2}");
  }

  @Test
  void whatIsNoPointerIsSaid() {
    assertNoSchema("{'$ref': '#/$defs/a%b'}", "is '#/$defs/a%b', which is no JSON pointer");
    assertNoSchema("{'$ref': '#/$defs/a%ff'}", "which is no JSON pointer");
    assertNoSchema("{'$ref': '#/~2'}", "which is no JSON pointer");
    assertNoSchema(
        "{'items': {'$ref': '#/allOf/01'}, 'allOf': [true, true]}", "which is no schema");
    assertNoSchema("{'$ref': '#" + "/a".repeat(100_001) + "'}", "$ref at # has more than 200000");
    assertNoSchema("{'$ref': 'http://[x'}", "which is no schema inside this one");
  }

  @Test
  void schemasMayStandWhereNoKeywordPutsThem() {
    String schema = "{'$ref': '#/default/deep/1', 'default': {'deep': [0, {'type': 'null'}]}}";
    assertAccepts(schema, "null");
    assertNoSchema(schema.replace("null", "text"), "type at #/default/deep/1 is 'text'");
    assertNoSchema("{'$ref': '#/default', 'default': 5}", "which is no schema");
  }
}
