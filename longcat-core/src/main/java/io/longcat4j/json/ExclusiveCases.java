package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Sees whether the cases of a {@code oneOf} exclude each other: by their types, by their values, or
 * by a required property that tells them apart. Knows no other ways. Not thread-safe.
 */
final class ExclusiveCases {
  private static final int DEPTH = 8;

  private final SchemaIndex index;
  private final LocalReferences references;
  private final Work work;
  private final Map<Integer, Case> cases = new HashMap<>();
  private final Map<Pair, Boolean> known = new HashMap<>();

  /** What a schema says that can tell it from others; values by their keys. */
  private record Case(SchemaNode schema, Set<String> types, Set<String> values, boolean hasValues) {
    boolean isObject() {
      return types.equals(Set.of("object"));
    }
  }

  private record Pair(int one, int other, int depth) {}

  ExclusiveCases(SchemaIndex index, LocalReferences references, Work work) {
    this.index = index;
    this.references = references;
    this.work = work;
  }

  /** Fails where two cases may hold at once. */
  void check(JsonNode oneOf, Place place) {
    List<Case> all = new ArrayList<>();
    oneOf.forEach(schema -> all.add(known(index.of(schema))));
    if (all.stream().allMatch(Case::hasValues)) {
      checkValues(all, place);
      return;
    }
    if (areToldApartByOneProperty(all)) {
      return;
    }
    for (int i = 0; i < all.size(); i++) {
      for (int j = i + 1; j < all.size(); j++) {
        if (!exclude(all.get(i), all.get(j), DEPTH)) {
          throw refused(i, j, place);
        }
      }
    }
  }

  private void checkValues(List<Case> all, Place place) {
    Map<String, Integer> caseOfValue = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      for (String value : all.get(i).values()) {
        work.step();
        Integer other = caseOfValue.putIfAbsent(value, i);
        if (other != null) {
          throw refused(other, i, place);
        }
      }
    }
  }

  /** Whether a property that all cases require has other values in each of them. */
  private boolean areToldApartByOneProperty(List<Case> all) {
    for (JsonNode name : all.get(0).schema().json().path("required")) {
      Set<String> values = new HashSet<>();
      if (all.stream().allMatch(one -> addValues(one, name, values))) {
        return true;
      }
    }
    return false;
  }

  private boolean addValues(Case one, JsonNode name, Set<String> values) {
    JsonNode property = one.schema().json().path("properties").path(name.textValue());
    if (!one.isObject() || property.isMissingNode() || !requires(one, name)) {
      return false;
    }
    Case value = known(index.of(property));
    return value.hasValues() && value.values().stream().allMatch(values::add);
  }

  private boolean requires(Case one, JsonNode name) {
    for (JsonNode required : one.schema().json().path("required")) {
      work.step();
      if (required.equals(name)) {
        return true;
      }
    }
    return false;
  }

  private static RuntimeException refused(int one, int other, Place place) {
    return Keywords.refused(
        "oneOf",
        place,
        "has the cases "
            + one
            + " and "
            + other
            + ", which may hold at once; use anyOf, or tell them apart by their types or by a"
            + " required property with a const");
  }

  private boolean exclude(Case a, Case b, int depth) {
    work.step();
    if (depth == 0) {
      return false;
    }
    if (isFalse(a) || isFalse(b)) {
      return true;
    }
    if (!a.types().isEmpty()
        && !b.types().isEmpty()
        && Collections.disjoint(a.types(), b.types())) {
      return true;
    }
    if (a.hasValues() && b.hasValues()) {
      return Collections.disjoint(a.values(), b.values());
    }
    if (!a.isObject() || !b.isObject()) {
      return false;
    }
    Pair pair = new Pair(a.schema().number(), b.schema().number(), depth);
    Boolean before = known.get(pair);
    if (before == null) {
      before = excludeByProperty(a.schema().json(), b.schema().json(), depth);
      known.put(pair, before);
    }
    return before;
  }

  private boolean excludeByProperty(JsonNode a, JsonNode b, int depth) {
    Set<String> requiredInB = new HashSet<>();
    b.path("required").forEach(name -> requiredInB.add(name.textValue()));
    for (JsonNode name : a.path("required")) {
      work.step();
      JsonNode inA = a.path("properties").path(name.textValue());
      JsonNode inB = b.path("properties").path(name.textValue());
      if (requiredInB.contains(name.textValue())
          && !inA.isMissingNode()
          && !inB.isMissingNode()
          && exclude(known(index.of(inA)), known(index.of(inB)), depth - 1)) {
        return true;
      }
    }
    return false;
  }

  private Case known(SchemaNode schema) {
    Case before = cases.get(schema.number());
    if (before == null) {
      before = of(followed(schema));
      cases.put(schema.number(), before);
    }
    return before;
  }

  /** What a schema is in the end, after references that stand alone. Circles are refused before. */
  private SchemaNode followed(SchemaNode schema) {
    SchemaNode at = schema;
    while (at.json().has("$ref")
        && (index.draft().ignoresNeighboursOfReferences() || !Keywords.hasOwn(at.json()))) {
      work.step();
      at = references.target(at);
    }
    return at;
  }

  private Case of(SchemaNode schema) {
    Set<String> types = new HashSet<>(Keywords.givenTypes(schema.json()));
    Set<String> values = new HashSet<>();
    boolean hasValues = ValueSchema.hasValues(schema);
    if (hasValues) {
      types.clear();
      for (JsonNode value : ValueSchema.values(schema.json())) {
        work.step();
        types.add(value.getNodeType().name().toLowerCase(Locale.ROOT));
        values.add(JsonText.key(value));
      }
    }
    if (types.remove("integer")) {
      types.add("number");
    }
    return new Case(schema, types, values, hasValues);
  }

  private static boolean isFalse(Case one) {
    return one.schema().json().isBoolean() && !one.schema().json().booleanValue();
  }
}
