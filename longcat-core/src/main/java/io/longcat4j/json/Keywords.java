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
  /** Say nothing about which documents are valid. */
  private static final Set<String> ANNOTATIONS =
      Set.of(
          "$schema",
          "$id",
          "$comment",
          "$anchor",
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
          Map.entry("minItems", "array"),
          Map.entry("maxItems", "array"),
          Map.entry("minimum", "number"),
          Map.entry("maximum", "number"),
          Map.entry("exclusiveMinimum", "number"),
          Map.entry("exclusiveMaximum", "number"),
          Map.entry("minLength", "string"),
          Map.entry("maxLength", "string"));

  private static final Set<String> VALUES = Set.of("enum", "const");

  private static final List<String> ALTERNATIVES = List.of("$ref", "anyOf", "oneOf", "allOf");

  private static final int MAX_COUNT = 100_000;

  private Keywords() {}

  /** Fails where a schema asks for what is not understood; place is a JSON pointer. */
  static void check(JsonNode schema, String place) {
    Set<String> given = assertions(schema);
    for (String keyword : given) {
      if (!keyword.equals("type")
          && !VALUES.contains(keyword)
          && !ALTERNATIVES.contains(keyword)
          && !TYPE_OF_KEYWORD.containsKey(keyword)) {
        throw refused(keyword, place, "is not supported for constrained output; leave it out");
      }
    }
    for (String keyword : ALTERNATIVES) {
      if (given.remove(keyword) && !given.isEmpty()) {
        throw refused(
            keyword, place, "stands beside " + given + "; move these into the schemas it leads to");
      }
    }
    if (given.stream().anyMatch(VALUES::contains)) {
      checkValues(given, place);
    }
  }

  private static void checkValues(Set<String> given, String place) {
    for (String keyword : given) {
      if (Set.of("object", "array").contains(TYPE_OF_KEYWORD.getOrDefault(keyword, ""))) {
        throw refused(keyword, place, "stands beside enum or const; leave it out");
      }
    }
  }

  /** The keywords that can make a document invalid, sorted. */
  static Set<String> assertions(JsonNode schema) {
    Set<String> names = new TreeSet<>();
    for (Iterator<String> all = schema.fieldNames(); all.hasNext(); ) {
      String name = all.next();
      if (!ANNOTATIONS.contains(name)) {
        names.add(name);
      }
    }
    return names;
  }

  /** The types a schema's values can have, by its type or by its other keywords. */
  static Set<String> types(JsonNode schema) {
    Set<String> types = new TreeSet<>();
    JsonNode given = schema.path("type");
    if (given.isTextual()) {
      types.add(given.textValue());
    }
    given.forEach(type -> types.add(type.textValue()));
    if (types.isEmpty()) {
      assertions(schema).stream()
          .filter(TYPE_OF_KEYWORD::containsKey)
          .forEach(keyword -> types.add(TYPE_OF_KEYWORD.getOrDefault(keyword, "")));
    }
    return types;
  }

  /** The count that a keyword gives, or another number where it is absent. */
  static int count(JsonNode schema, String keyword, int absent, String place) {
    JsonNode given = schema.path(keyword);
    if (given.isMissingNode()) {
      return absent;
    }
    if (given.decimalValue().compareTo(BigDecimal.valueOf(MAX_COUNT)) > 0) {
      throw refused(keyword, place, "is " + given + "; at most " + MAX_COUNT + " is supported");
    }
    return given.intValue();
  }

  static InvalidRequestException refused(String keyword, String place, String why) {
    return new InvalidRequestException(
        "The JSON schema's keyword " + keyword + " at " + place + " " + why);
  }
}
