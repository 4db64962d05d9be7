package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The values of {@code enum} and {@code const} that whatever stands beside them allows. */
final class ValueSchema {
  private final SchemaCompiler compiler;
  private final List<SchemaNode> leaves;
  private final Set<String> types;

  ValueSchema(SchemaCompiler compiler, List<SchemaNode> leaves) {
    this.compiler = compiler;
    this.leaves = leaves;
    this.types = Types.of(leaves);
  }

  static boolean hasValues(SchemaNode schema) {
    return schema.json().has("const") || schema.json().has("enum");
  }

  /** The values that a schema names. */
  static List<JsonNode> values(JsonNode schema) {
    List<JsonNode> values = new ArrayList<>();
    if (schema.has("const")) {
      values.add(schema.get("const"));
    } else {
      schema.path("enum").forEach(values::add);
    }
    return values;
  }

  /** Adds the values to texts that a document may be. */
  void addTo(TextSet texts) {
    List<JsonNode> candidates = null;
    List<Set<String>> others = new ArrayList<>();
    for (SchemaNode leaf : leaves) {
      for (String keyword : List.of("const", "enum")) {
        JsonNode given = leaf.json().get(keyword);
        if (given == null) {
          continue;
        }
        List<JsonNode> values = new ArrayList<>();
        if (keyword.equals("const")) {
          values.add(given);
        } else {
          given.forEach(values::add);
        }
        if (candidates == null) {
          candidates = values;
        } else {
          others.add(keys(values));
        }
      }
    }
    for (JsonNode value : candidates == null ? List.<JsonNode>of() : candidates) {
      compiler.work().step();
      if (isAllowed(value) && isIn(value, others)) {
        texts.add(JsonText.of(value));
      }
    }
  }

  private Set<String> keys(List<JsonNode> values) {
    Set<String> keys = new HashSet<>();
    for (JsonNode value : values) {
      compiler.work().step();
      keys.add(JsonText.key(value));
    }
    return keys;
  }

  private static boolean isIn(JsonNode value, List<Set<String>> others) {
    return others.isEmpty() || others.stream().allMatch(keys -> keys.contains(JsonText.key(value)));
  }

  private boolean isAllowed(JsonNode value) {
    String type = value.getNodeType().name().toLowerCase(Locale.ROOT);
    boolean named =
        types.contains(type)
            || (types.contains("integer") && value.isNumber() && isWhole(value.decimalValue()));
    return named && leaves.stream().allMatch(leaf -> fits(value, leaf));
  }

  private static boolean fits(JsonNode value, SchemaNode leaf) {
    if (value.isTextual()) {
      String text = value.textValue();
      int length = text.codePointCount(0, text.length());
      return length >= Keywords.count(leaf, "minLength", 0)
          && length <= Keywords.count(leaf, "maxLength", Integer.MAX_VALUE);
    }
    if (value.isNumber()) {
      return Keywords.BOUNDS.stream()
          .filter(leaf.json()::has)
          .allMatch(keyword -> isWithin(value.decimalValue(), keyword, leaf.json().get(keyword)));
    }
    if (value.isContainerNode()) {
      String type = value.getNodeType() == JsonNodeType.ARRAY ? "array" : "object";
      String keyword = Keywords.keywordFor(type, leaf.json());
      if (!keyword.isEmpty()) {
        throw Keywords.refused(keyword, leaf.place(), "stands beside enum or const; leave it out");
      }
    }
    return true;
  }

  private static boolean isWithin(BigDecimal value, String keyword, JsonNode bound) {
    int order = value.compareTo(bound.decimalValue());
    return switch (keyword) {
      case "minimum" -> order >= 0;
      case "maximum" -> order <= 0;
      case "exclusiveMinimum" -> order > 0;
      default -> order < 0;
    };
  }

  private static boolean isWhole(BigDecimal value) {
    return value.signum() == 0 || value.stripTrailingZeros().scale() <= 0;
  }
}
