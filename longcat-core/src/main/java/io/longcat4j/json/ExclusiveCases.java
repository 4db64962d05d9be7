package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Sees whether the cases of a {@code oneOf} exclude each other: by their types, by their values, or
 * by a required property that tells them apart. Knows no other ways.
 */
final class ExclusiveCases {
  private static final int DEPTH = 8;

  /** Numbers are equal whatever their spelling. */
  private static final Comparator<JsonNode> SAME_VALUE =
      (a, b) ->
          a.isNumber() && b.isNumber()
              ? a.decimalValue().compareTo(b.decimalValue())
              : a.equals(b) ? 0 : 1;

  private final LocalReferences references;

  ExclusiveCases(LocalReferences references) {
    this.references = references;
  }

  /** Fails where two cases may hold at once. */
  void check(JsonNode cases, String place) {
    for (int i = 0; i < cases.size(); i++) {
      for (int j = i + 1; j < cases.size(); j++) {
        if (!exclude(cases.get(i), cases.get(j), place, DEPTH)) {
          throw Keywords.refused(
              "oneOf",
              place,
              "has the cases "
                  + i
                  + " and "
                  + j
                  + ", which may hold at once; use anyOf, or tell them apart by their types or by a"
                  + " required property with a const");
        }
      }
    }
  }

  private boolean exclude(JsonNode one, JsonNode other, String place, int depth) {
    JsonNode a = references.followed(one, place);
    JsonNode b = references.followed(other, place);
    if (depth == 0) {
      return false;
    }
    if (a.equals(BooleanNode.FALSE) || b.equals(BooleanNode.FALSE)) {
      return true;
    }
    Set<String> typesOfA = types(a);
    Set<String> typesOfB = types(b);
    if (!typesOfA.isEmpty() && !typesOfB.isEmpty() && shareNone(typesOfA, typesOfB)) {
      return true;
    }
    if (hasValues(a) && hasValues(b)) {
      return values(a).stream()
          .noneMatch(value -> values(b).stream().anyMatch(also -> also.equals(SAME_VALUE, value)));
    }
    return excludeByProperty(a, b, place, depth);
  }

  private boolean excludeByProperty(JsonNode a, JsonNode b, String place, int depth) {
    if (!types(a).equals(Set.of("object")) || !types(b).equals(Set.of("object"))) {
      return false;
    }
    for (JsonNode name : a.path("required")) {
      boolean both = false;
      for (JsonNode also : b.path("required")) {
        both |= also.equals(name);
      }
      JsonNode inA = a.path("properties").path(name.textValue());
      JsonNode inB = b.path("properties").path(name.textValue());
      if (both
          && !inA.isMissingNode()
          && !inB.isMissingNode()
          && exclude(inA, inB, place, depth - 1)) {
        return true;
      }
    }
    return false;
  }

  /** The types that values can have; empty where anything may be. Whole numbers are numbers. */
  private static Set<String> types(JsonNode schema) {
    Set<String> types = new HashSet<>();
    if (hasValues(schema)) {
      values(schema)
          .forEach(value -> types.add(value.getNodeType().name().toLowerCase(Locale.ROOT)));
    } else {
      JsonNode given = schema.path("type");
      if (given.isTextual()) {
        types.add(given.textValue());
      }
      given.forEach(type -> types.add(type.textValue()));
    }
    if (types.remove("integer")) {
      types.add("number");
    }
    return types;
  }

  private static boolean shareNone(Set<String> a, Set<String> b) {
    return a.stream().noneMatch(b::contains);
  }

  private static boolean hasValues(JsonNode schema) {
    return schema.has("const") || schema.has("enum");
  }

  private static List<JsonNode> values(JsonNode schema) {
    if (schema.has("const")) {
      return List.of(schema.get("const"));
    }
    List<JsonNode> values = new ArrayList<>();
    schema.path("enum").forEach(values::add);
    return values;
  }
}
