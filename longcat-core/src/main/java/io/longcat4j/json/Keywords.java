package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.InvalidRequestException;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which keywords are understood, and what is said of the others. */
final class Keywords {
  static final List<String> BOUNDS =
      List.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum");

  /** Say nothing about which documents are valid. */
  private static final Set<String> ANNOTATIONS =
      Set.of(
          "$schema",
          "$id",
          "$comment",
          "$anchor",
          "$dynamicAnchor",
          "$vocabulary",
          "$defs",
          "definitions",
          "title",
          "description",
          "default",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly",
          "contentEncoding",
          "contentMediaType",
          "contentSchema");

  private static final Map<String, String> TYPE_OF_KEYWORD =
      Map.ofEntries(
          Map.entry("properties", "object"),
          Map.entry("required", "object"),
          Map.entry("additionalProperties", "object"),
          Map.entry("items", "array"),
          Map.entry("prefixItems", "array"),
          Map.entry("additionalItems", "array"),
          Map.entry("minItems", "array"),
          Map.entry("maxItems", "array"),
          Map.entry("minimum", "number"),
          Map.entry("maximum", "number"),
          Map.entry("exclusiveMinimum", "number"),
          Map.entry("exclusiveMaximum", "number"),
          Map.entry("minLength", "string"),
          Map.entry("maxLength", "string"));

  private static final Set<String> VALUES = Set.of("type", "enum", "const");

  /** Name other schemas for the same value. */
  private static final Set<String> IN_PLACE = Set.of("$ref", "anyOf", "oneOf", "allOf");

  private static final int MAX_COUNT = 100_000;
  private static final int MAX_QUOTED = 100;

  private Keywords() {}

  /** Fails where a schema asks for what is not understood. */
  static void check(SchemaNode schema, Draft draft) {
    boolean lists = draft.hasListsOfItems();
    for (Map.Entry<String, JsonNode> given : schema.json().properties()) {
      String keyword = given.getKey();
      if (!isAssertion(keyword, given.getValue())) {
        continue;
      }
      if (keyword.equals("prefixItems") && lists) {
        throw refused(
            keyword, schema.place(), "is no keyword of " + draft + "; use a list in items");
      }
      if (!(VALUES.contains(keyword)
              || IN_PLACE.contains(keyword)
              || TYPE_OF_KEYWORD.containsKey(keyword))
          || (keyword.equals("additionalItems") && !lists)) {
        throw refused(
            keyword, schema.place(), "is not supported for constrained output; leave it out");
      }
    }
  }

  /** Whether a schema says something about a value itself, not by other schemas. */
  static boolean hasOwn(JsonNode schema) {
    for (Map.Entry<String, JsonNode> given : schema.properties()) {
      if (isAssertion(given.getKey(), given.getValue()) && !IN_PLACE.contains(given.getKey())) {
        return true;
      }
    }
    return false;
  }

  /** The keywords that can make a document invalid, sorted. */
  private static Set<String> assertions(JsonNode schema) {
    Set<String> names = new TreeSet<>();
    for (Iterator<String> all = schema.fieldNames(); all.hasNext(); ) {
      String name = all.next();
      if (isAssertion(name, schema.path(name))) {
        names.add(name);
      }
    }
    return names;
  }

  private static boolean isAssertion(String keyword, JsonNode value) {
    return !ANNOTATIONS.contains(keyword)
        && !(keyword.equals("uniqueItems") && !value.booleanValue());
  }

  /** The types that a schema names; empty where it names none. */
  static Set<String> givenTypes(JsonNode schema) {
    Set<String> types = new TreeSet<>();
    JsonNode given = schema.path("type");
    if (given.isTextual()) {
      types.add(given.textValue());
    }
    given.forEach(type -> types.add(type.textValue()));
    if (types.contains("number")) {
      types.add("integer");
    }
    return types;
  }

  /** The types that a schema's other keywords are about. */
  static Set<String> impliedTypes(JsonNode schema) {
    Set<String> types = new TreeSet<>();
    assertions(schema).stream()
        .filter(TYPE_OF_KEYWORD::containsKey)
        .forEach(keyword -> types.add(TYPE_OF_KEYWORD.getOrDefault(keyword, "")));
    return types;
  }

  /** The keyword that says something about values of a type, or none. */
  static String keywordFor(String type, JsonNode schema) {
    return assertions(schema).stream()
        .filter(keyword -> type.equals(TYPE_OF_KEYWORD.get(keyword)))
        .findFirst()
        .orElse("");
  }

  /** The count that a keyword gives, or another number where it is absent. */
  static int count(SchemaNode schema, String keyword, int absent) {
    JsonNode given = schema.json().path(keyword);
    if (given.isMissingNode()) {
      return absent;
    }
    if (given.decimalValue().compareTo(BigDecimal.valueOf(MAX_COUNT)) > 0) {
      throw refused(
          keyword,
          schema.place(),
          "is " + quoted(given) + "; at most " + MAX_COUNT + " is supported");
    }
    return given.intValue();
  }

  static InvalidRequestException refused(String keyword, Place place, String why) {
    return new InvalidRequestException(
        "The JSON schema's keyword " + keyword + " at " + place + " " + why);
  }

  /** A keyword whose value no draft allows. */
  static InvalidRequestException malformed(
      String keyword, Place place, JsonNode value, String expected) {
    return new InvalidRequestException(
        "The JSON schema is not well-formed: "
            + keyword
            + " at "
            + place
            + " is "
            + quoted(value)
            + ", but must be "
            + expected
            + "; correct it");
  }

  static String quoted(JsonNode value) {
    String text =
        value.isTextual() && value.textValue().length() > MAX_QUOTED
            ? JsonText.of(value.textValue().substring(0, MAX_QUOTED))
            : JsonText.of(value);
    return text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "...";
  }
}
