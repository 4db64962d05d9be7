package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the value of a keyword must look like, whether the keyword is supported or not. */
enum KeywordShape {
  /** A schema, which is looked at by itself. */
  SCHEMA("an object, true or false"),
  SCHEMAS("a list of schemas that is not empty"),
  SCHEMA_OR_SCHEMAS("a schema or a list of schemas"),
  SCHEMA_BY_NAME("an object whose values are schemas"),
  SCHEMA_OR_NAMES_BY_NAME("an object of schemas and lists of names"),
  TYPES(
      "array, boolean, integer, null, number, object, string, or a list of some of these, each"
          + " once"),
  NAMES("a list of strings, each once"),
  NAMES_BY_NAME("an object of lists of strings"),
  COUNT("a whole number that is not negative"),
  NUMBER("a number"),
  POSITIVE("a number above 0"),
  STRING("a string"),
  BOOLEAN("true or false"),
  LIST("a list"),
  OBJECT("an object");

  private static final Set<String> TYPE_NAMES =
      Set.of("array", "boolean", "integer", "null", "number", "object", "string");

  private static final Map<String, KeywordShape> SHAPES =
      Map.ofEntries(
          Map.entry("$schema", STRING),
          Map.entry("$id", STRING),
          Map.entry("$ref", STRING),
          Map.entry("$anchor", STRING),
          Map.entry("$dynamicRef", STRING),
          Map.entry("$dynamicAnchor", STRING),
          Map.entry("$recursiveRef", STRING),
          Map.entry("$recursiveAnchor", BOOLEAN),
          Map.entry("$vocabulary", OBJECT),
          Map.entry("$comment", STRING),
          Map.entry("$defs", SCHEMA_BY_NAME),
          Map.entry("definitions", SCHEMA_BY_NAME),
          Map.entry("allOf", SCHEMAS),
          Map.entry("anyOf", SCHEMAS),
          Map.entry("oneOf", SCHEMAS),
          Map.entry("not", SCHEMA),
          Map.entry("if", SCHEMA),
          Map.entry("then", SCHEMA),
          Map.entry("else", SCHEMA),
          Map.entry("type", TYPES),
          Map.entry("enum", LIST),
          Map.entry("properties", SCHEMA_BY_NAME),
          Map.entry("patternProperties", SCHEMA_BY_NAME),
          Map.entry("additionalProperties", SCHEMA),
          Map.entry("unevaluatedProperties", SCHEMA),
          Map.entry("propertyNames", SCHEMA),
          Map.entry("dependentSchemas", SCHEMA_BY_NAME),
          Map.entry("dependentRequired", NAMES_BY_NAME),
          Map.entry("dependencies", SCHEMA_OR_NAMES_BY_NAME),
          Map.entry("required", NAMES),
          Map.entry("minProperties", COUNT),
          Map.entry("maxProperties", COUNT),
          Map.entry("prefixItems", SCHEMAS),
          Map.entry("items", SCHEMA_OR_SCHEMAS),
          Map.entry("additionalItems", SCHEMA),
          Map.entry("unevaluatedItems", SCHEMA),
          Map.entry("contains", SCHEMA),
          Map.entry("minContains", COUNT),
          Map.entry("maxContains", COUNT),
          Map.entry("minItems", COUNT),
          Map.entry("maxItems", COUNT),
          Map.entry("uniqueItems", BOOLEAN),
          Map.entry("minLength", COUNT),
          Map.entry("maxLength", COUNT),
          Map.entry("pattern", STRING),
          Map.entry("format", STRING),
          Map.entry("minimum", NUMBER),
          Map.entry("maximum", NUMBER),
          Map.entry("exclusiveMinimum", NUMBER),
          Map.entry("exclusiveMaximum", NUMBER),
          Map.entry("multipleOf", POSITIVE),
          Map.entry("title", STRING),
          Map.entry("description", STRING),
          Map.entry("examples", LIST),
          Map.entry("deprecated", BOOLEAN),
          Map.entry("readOnly", BOOLEAN),
          Map.entry("writeOnly", BOOLEAN),
          Map.entry("contentEncoding", STRING),
          Map.entry("contentMediaType", STRING),
          Map.entry("contentSchema", SCHEMA));

  private final String expected;

  KeywordShape(String expected) {
    this.expected = expected;
  }

  /** The shape of a keyword's value; null for keywords that no draft knows. */
  static @Nullable KeywordShape of(String keyword) {
    return SHAPES.get(keyword);
  }

  /** Whether a value looks like this; schemas inside it are looked at by themselves. */
  boolean fits(JsonNode value) {
    return switch (this) {
      case SCHEMA, SCHEMA_OR_SCHEMAS -> true;
      case SCHEMAS -> value.isArray() && !value.isEmpty();
      case SCHEMA_BY_NAME, SCHEMA_OR_NAMES_BY_NAME, OBJECT -> value.isObject();
      case TYPES -> areTypes(value);
      case NAMES -> areNames(value);
      case NAMES_BY_NAME -> value.isObject() && all(value, KeywordShape::areNames);
      case COUNT -> isCount(value);
      case NUMBER -> value.isNumber();
      case POSITIVE -> value.isNumber() && value.decimalValue().signum() > 0;
      case STRING -> value.isTextual();
      case BOOLEAN -> value.isBoolean();
      case LIST -> value.isArray();
    };
  }

  String expected() {
    return expected;
  }

  private static boolean areTypes(JsonNode value) {
    return value.isTextual()
        ? TYPE_NAMES.contains(value.textValue())
        : !value.isEmpty()
            && areNames(value)
            && all(value, name -> TYPE_NAMES.contains(name.textValue()));
  }

  private static boolean areNames(JsonNode value) {
    Set<String> names = new HashSet<>();
    return value.isArray() && all(value, name -> name.isTextual() && names.add(name.textValue()));
  }

  private static boolean isCount(JsonNode value) {
    if (!value.isNumber()) {
      return false;
    }
    BigDecimal number = value.decimalValue();
    return number.signum() >= 0
        && (number.signum() == 0 || number.stripTrailingZeros().scale() <= 0);
  }

  private static boolean all(JsonNode values, Predicate<JsonNode> test) {
    for (JsonNode value : values) {
      if (!test.test(value)) {
        return false;
      }
    }
    return true;
  }
}
