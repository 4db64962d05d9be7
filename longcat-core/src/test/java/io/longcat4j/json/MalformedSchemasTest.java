package io.longcat4j.json;

import static io.longcat4j.json.Schemas.assertAccepts;
import static io.longcat4j.json.Schemas.assertNoSchema;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("once")
class MalformedSchemasTest {
  private static final String DRAFT_7 = "'$schema': 'http://json-schema.org/draft-07/schema#', ";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'minLength': 'x' | minLength | 'x', but must be a whole number",
        "'minLength': -1 | minLength | -1",
        "'maxItems': 1.5 | maxItems | 1.5",
        "'type': 'text' | type | 'text', but must be array, boolean",
        "'type': [] | type | []",
        "'type': ['null', 'null'] | type | ['null','null']",
        "'type': null | type | null",
        "'properties': 5 | properties | 5, but must be an object whose values are schemas",
        "'properties': [] | properties | []",
        "'required': 'a' | required | 'a', but must be a list of strings",
        "'required': [1] | required | [1]",
        "'required': ['a', 'a'] | required | ['a','a']",
        "'anyOf': {} | anyOf | {}, but must be a list of schemas",
        "'oneOf': [] | oneOf | []",
        "'enum': 'a' | enum | 'a', but must be a list",
        "'$ref': 5 | $ref | 5, but must be a string",
        "'minimum': '5' | minimum | '5', but must be a number",
        "'multipleOf': 0 | multipleOf | 0",
        "'uniqueItems': 1 | uniqueItems | 1, but must be true or false",
        "'additionalProperties': 1 | additionalProperties | 1, but must be an object, true or"
            + " false",
        "'not': null | not | null",
        "'patternProperties': {'x': 7} | patternProperties | 7",
        "'dependencies': {'x': [7]} | dependencies | [7]",
        "'title': 5 | title | 5, but must be a string",
        "'examples': {} | examples | {}, but must be a list",
      })
  void aValueOfAWrongKindIsNamedWithItsPlaceWhetherReachableOrNot(
      String keyword, String name, String value) {
    String bad = "{" + keyword + "}";
    for (String draft : new String[] {"", DRAFT_7}) {
      for (String container : new String[] {"$defs", "definitions"}) {
        String unused = "{" + draft + "'" + container + "': {'a': {'items': " + bad + "}}}";
        assertNoSchema(unused, "not well-formed: " + name + " at #/" + container + "/a/items");
        assertNoSchema(unused, value);
        assertNoSchema(
            "{"
                + draft
                + "'allOf': [{'$ref': '#/"
                + container
                + "/a'}], "
                + unused.substring(1 + draft.length()),
            "not well-formed: " + name + " at #/" + container + "/a/items");
      }
      assertNoSchema("{" + draft + "'if': " + bad + "}", "not well-formed: " + name + " at #/if");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "null", "[]", "'x'"})
  void aSchemaIsAnObjectTrueOrFalse(String schema) {
    assertNoSchema(schema, "but must be an object, true or false");
    assertNoSchema("{'$defs': {'a': " + schema + "}}", "$defs at #/$defs/a is " + schema);
    assertNoSchema("{'allOf': [true, " + schema + "]}", "allOf at #/allOf/1 is " + schema);
  }

  @Test
  void whatLooksLikeAKeywordInsideAValueIsNone() {
    assertAccepts(
        "{'const': {'$ref': 5, '$id': 'x y', 'type': 'text'}, 'default': {'type': 'text'}}",
        "{'$ref':5,'$id':'x y','type':'text'}");
    assertAccepts(
        "{'type': 'object', 'properties': {'$ref': {'const': 1}, 'type': {'const': 2}}}",
        "{'$ref': 1, 'type': 2}");
    assertNoSchema("{'$id': 'a b'}", "$id at # is 'a b', but must be a URI");
    assertNoSchema("{'$schema': 5}", "$schema is 5");
    assertNoSchema("{'$defs': {'a': {'$id': 'x#y'}}}", "must be without a fragment");
  }
}
