package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
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
  private static final int MAX_KNOWN = 500_000;

  private final SchemaIndex index;
  private final LocalReferences references;
  private final Work work;
  private final Map<Integer, Case> cases = new HashMap<>();

  /** By both numbers and the depth; for schemas inside the cases, which may be met often. */
  private final Map<Long, Boolean> known = new HashMap<>();

  /** What a schema says that can tell it from others; values by their keys. */
  private record Case(
      SchemaNode schema,
      Set<String> types,
      Set<String> values,
      boolean hasValues,
      Set<String> required) {
    boolean isObject() {
      return types.equals(Set.of("object"));
    }
  }

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
    for (String name : all.get(0).required()) {
      Set<String> values = new HashSet<>();
      if (all.stream().allMatch(one -> addValues(one, name, values))) {
        return true;
      }
    }
    return false;
  }

  private boolean addValues(Case one, String name, Set<String> values) {
    work.step();
    JsonNode property = one.schema().json().path("properties").path(name);
    if (!one.isObject() || property.isMissingNode() || !one.required().contains(name)) {
      return false;
    }
    Case value = known(index.of(property));
    return value.hasValues() && value.values().stream().allMatch(values::add);
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
    if (depth == DEPTH) {
      return excludeByProperty(a, b, depth);
    }
    long pair = (long) a.schema().number() << 34 | (long) b.schema().number() << 3 | depth;
    Boolean before = known.get(pair);
    if (before == null) {
      before = excludeByProperty(a, b, depth);
      if (known.size() == MAX_KNOWN) {
        known.clear();
      }
      known.put(pair, before);
    }
    return before;
  }

  private boolean excludeByProperty(Case a, Case b, int depth) {
    for (String name : a.required()) {
      work.step();
      JsonNode inA = a.schema().json().path("properties").path(name);
      JsonNode inB = b.schema().json().path("properties").path(name);
      if (b.required().contains(name)
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
    Set<String> required = new LinkedHashSet<>();
    schema.json().path("required").forEach(name -> required.add(name.textValue()));
    return new Case(schema, types, values, hasValues, required);
  }

  private static boolean isFalse(Case one) {
    return one.schema().json().isBoolean() && !one.schema().json().booleanValue();
  }
}
