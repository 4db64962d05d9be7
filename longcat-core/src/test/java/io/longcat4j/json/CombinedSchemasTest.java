package io.longcat4j.json;

import static io.longcat4j.json.Schemas.assertAccepts;
import static io.longcat4j.json.Schemas.assertNoSchema;
import static io.longcat4j.json.Schemas.assertRefuses;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CombinedSchemasTest {
  @Test
  void keywordsBesideAReferenceHoldToo() {
    String schema =
        "{'$ref': '#/$defs/name', 'maxLength': 3, 'description': 'short',"
            + " '$defs': {'name': {'type': 'string', 'minLength': 2}}}";
    assertAccepts(schema, "'ab'", "'abc'");
    assertRefuses(schema, "'a'", "'abcd'", "1");
  }

  @Test
  void inDraft7KeywordsBesideAReferenceHaveNoEffect() {
    String schema =
        "{'$schema': 'http://json-schema.org/draft-07/schema#', '$ref': '#/definitions/name',"
            + " 'maxLength': 3, 'pattern': 'x', 'definitions': {'name': {'type': 'string'}}}";
    assertAccepts(schema, "'abcd'");
  }

  @Test
  void objectsOfAllOfAreMerged() {
    String schema =
        """
        {'allOf': [
          {'type': 'object', 'properties': {'a': {'type': 'integer'}}, 'required': ['a']},
          {'$ref': '#/$defs/named'},
          {'properties': {'a': {'minimum': 5}}}],
         '$defs': {'named': {'type': 'object', 'properties': {'b': {'type': 'string'}}, 'required': ['b']}}}\
        """;
    assertAccepts(schema, "{'a': 5, 'b': 'x'}");
    assertRefuses(schema, "{'a': 4, 'b': 'x'}", "{'b': 'x'}", "{'a': 5}", "1");
  }

  @Test
  void propertiesThatOneSchemaClosesOutAreImpossible() {
    String schema =
        "{'allOf': [{'properties': {'a': true}, 'additionalProperties': false},"
            + " {'properties': {'a': {'type': 'null'}, 'b': true}}], 'type': 'object'}";
    assertAccepts(schema, "{}", "{'a': null}");
    assertRefuses(schema, "{'b': 1}", "{'a': 1}");
    String others =
        "{'type': 'object', 'additionalProperties': {'type': 'integer'}, 'allOf': [{'properties':"
            + " {'a': {'minimum': 3}}, 'additionalProperties': {'maximum': 9}}]}";
    assertAccepts(others, "{'a': 3, 'b': 9}", "{'a': 10}");
    assertRefuses(others, "{'a': 2}", "{'b': 10}", "{'b': 'x'}");
  }

  @Test
  void keywordsBesideAlternativesHoldForEachOfThem() {
    String schema =
        """
        {'type': 'object', 'description': 'd', 'default': {},
         'properties': {'a': {'type': 'integer'}, 'b': {'type': 'integer'}},
         'additionalProperties': false,
         'anyOf': [{'required': ['a']}, {'required': ['b']}]}\
        """;
    assertAccepts(schema, "{'a': 1}", "{'b': 1}", "{'a': 1, 'b': 2}");
    assertRefuses(schema, "{}", "{'a': 'x'}", "{'a': 1, 'c': 1}");
    String both =
        "{'anyOf': [{'minimum': 10}, {'maximum': 2}], 'oneOf': [{'const': 1}, {'const': 5},"
            + " {'const': 12}], 'type': 'integer'}";
    assertAccepts(both, "1", "12");
    assertRefuses(both, "5", "2", "13");
  }

  @Test
  void valuesAreThoseOfAllEnums() {
    String schema =
        "{'enum': ['a', 'b', 1.0, 2], 'allOf': [{'enum': ['b', 1, 3]}, {'type': ['string',"
            + " 'integer']}]}";
    assertAccepts(schema, "'b'");
    assertRefuses(schema, "'a'", "2", "3");
    assertAccepts("{'const': {'a': [1]}, 'enum': [{'a': [1.0]}]}", "{'a':[1]}");
    assertNoSchema("{'const': 1, 'enum': [2]}", "No finite document");
    assertAccepts("{'enum': [1, 5, 2.5], 'type': 'integer', 'minimum': 2}", "5");
    assertRefuses("{'enum': [1, 5, 2.5], 'type': 'integer', 'minimum': 2}", "1", "2.5");
  }

  @Test
  void typesOfAllSchemasMustAgree() {
    assertAccepts("{'type': ['integer', 'null'], 'allOf': [{'type': 'number'}]}", "7");
    assertRefuses("{'type': ['integer', 'null'], 'allOf': [{'type': 'number'}]}", "null", "7.5");
    assertNoSchema("{'type': 'string', 'allOf': [{'type': 'number'}]}", "No finite document");
    assertAccepts(
        "{'type': 'array', 'maxItems': 3, 'allOf': [{'items': {'type': 'integer'}},"
            + " {'prefixItems': [{'minimum': 2}], 'minItems': 2}]}",
        "[2, 1]",
        "[3, 0, 0]");
    assertRefuses(
        "{'type': 'array', 'maxItems': 3, 'allOf': [{'items': {'type': 'integer'}},"
            + " {'prefixItems': [{'minimum': 2}], 'minItems': 2}]}",
        "[1, 1]",
        "[2]",
        "[2, 'x']",
        "[2, 2, 2, 2]");
  }

  @Test
  void recursiveSchemasAreMergedToo() {
    String schema =
        """
        {'$ref': '#/$defs/tree', 'required': ['v'],
         '$defs': {'tree': {'type': 'object', 'additionalProperties': false, 'properties': {
           'v': {'type': 'integer'},
           'next': {'allOf': [{'$ref': '#/$defs/tree'}, {'$ref': '#/$defs/small'}]}}},
           'small': {'properties': {'v': {'maximum': 9}, 'next': {'$ref': '#/$defs/small'}}}}}\
        """;
    assertAccepts(schema, "{'v': 10}", "{'v': 10, 'next': {'v': 9, 'next': {'next': {'v': 0}}}}");
    assertRefuses(schema, "{'next': {}}", "{'v': 1, 'next': {'v': 10}}");
    assertNoSchema(
        "{'$ref': '#/$defs/a', '$defs': {'a': {'allOf': [{'type': 'object'}, {'$ref':"
            + " '#/$defs/a'}]}}}",
        "leads back to itself");
    assertNoSchema("{'$ref': '#'}", "$ref at # leads back to itself");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft/2019-09/schema"
      })
  void olderDraftsListItems(String draft) {
    String schema =
        "{'$schema': '"
            + draft
            + "', 'type': 'array', 'items': [{'type': 'string'}, {'type': 'null'}],"
            + " 'additionalItems': {'type': 'integer'}}";
    assertAccepts(schema, "[]", "['a']", "['a', null, 1, 2]");
    assertRefuses(schema, "[1]", "['a', 1]", "['a', null, 'b']");
    String closed = schema.replace("{'type': 'integer'}}", "false}");
    assertAccepts(closed, "['a', null]");
    assertRefuses(closed, "['a', null, 1]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://json-schema.org/draft-07/schema#",
        "http://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft/2019-09/schema#",
        "http://json-schema.org/draft/2020-12/schema",
        "https://json-schema.org/draft/2020-12/schema#"
      })
  void draftsAreNamedInAnyUsualWay(String draft) {
    assertAccepts("{'$schema': '" + draft + "', 'type': 'null'}", "null");
  }

  @Test
  void uniqueItemsThatIsFalseAsksForNothing() {
    assertAccepts("{'type': 'array', 'items': {'const': 1}, 'uniqueItems': false}", "[1,1]");
  }
}
