package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Arrays that satisfy all of some schemas: the first elements as {@code prefixItems} says, the
 * others as {@code items} says; in older drafts a list in {@code items} and {@code
 * additionalItems}.
 */
final class ArraySchema {
  private final SchemaCompiler compiler;
  private final NetworkBuilder network;
  private final List<SchemaNode> leaves;
  private final int minItems;
  private final int maxItems;
  private final int listed;

  ArraySchema(SchemaCompiler compiler, List<SchemaNode> leaves) {
    this.compiler = compiler;
    this.network = compiler.network();
    this.leaves = leaves;
    this.minItems = SchemaCounts.most(leaves, "minItems");
    this.maxItems = SchemaCounts.least(leaves, "maxItems");
    this.listed = leaves.stream().mapToInt(leaf -> first(leaf.json()).size()).max().orElse(0);
  }

  int part() {
    int start = network.state();
    int end = network.end();
    int first = network.call(network.read(start, '['), compiler.parts().space());
    if (minItems == 0) {
      network.range(first, ']', ']', end);
    }
    if (maxItems == 0) {
      return start;
    }
    int at = network.call(first, element(0));
    int distinct = maxItems == JsonParts.UNBOUNDED ? Math.max(listed, minItems) : maxItems;
    for (int count = 1; count < distinct; count++) {
      if (count >= minItems) {
        compiler.parts().close(at, ']', end);
      }
      at = network.call(comma(at), element(count));
    }
    if (maxItems == JsonParts.UNBOUNDED) {
      network.call(comma(at), element(Math.max(distinct, listed)), at);
    }
    if (maxItems == JsonParts.UNBOUNDED || maxItems >= minItems) {
      compiler.parts().close(at, ']', end);
    }
    return start;
  }

  private int comma(int from) {
    return network.call(network.read(from, ','), compiler.parts().space());
  }

  private int element(int index) {
    List<SchemaNode> schemas = new ArrayList<>();
    for (SchemaNode leaf : leaves) {
      JsonNode first = first(leaf.json());
      JsonNode schema = index < first.size() ? first.get(index) : others(leaf.json());
      if (!schema.isMissingNode()) {
        schemas.add(compiler.index().of(schema));
      }
    }
    return compiler.part(schemas);
  }

  /** The schemas of the first elements. */
  private static JsonNode first(JsonNode schema) {
    JsonNode items = schema.path("items");
    return items.isArray() ? items : schema.path("prefixItems");
  }

  private static JsonNode others(JsonNode schema) {
    JsonNode items = schema.path("items");
    return items.isArray() ? schema.path("additionalItems") : items;
  }
}
