package io.longcat4j.json;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Types of values; whole numbers are of both {@code integer} and {@code number}. */
final class Types {
  private static final Set<String> ALL =
      Set.of("array", "boolean", "integer", "null", "number", "object", "string");

  private Types() {}

  /**
   * The types of values that satisfy all of some schemas: those that all of them name, or where
   * none names any, those that their other keywords are about. Whole numbers are left out where all
   * numbers are in.
   */
  static Set<String> of(List<SchemaNode> schemas) {
    Set<String> types = named(schemas);
    if (types == null) {
      types = new TreeSet<>();
      for (SchemaNode schema : schemas) {
        types.addAll(Keywords.impliedTypes(schema.json()));
      }
      if (types.isEmpty()) {
        types.addAll(ALL);
      }
    }
    if (types.contains("number")) {
      types.remove("integer");
    }
    return types;
  }

  private static @Nullable Set<String> named(List<SchemaNode> schemas) {
    Set<String> types = null;
    for (SchemaNode schema : schemas) {
      Set<String> given = Keywords.givenTypes(schema.json());
      if (types == null) {
        types = given.isEmpty() ? null : given;
      } else if (!given.isEmpty()) {
        types.retainAll(given);
      }
    }
    return types;
  }
}
