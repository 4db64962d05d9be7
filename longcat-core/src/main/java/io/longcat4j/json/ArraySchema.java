package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;

/** Arrays: the first elements as {@code prefixItems} says, the others as {@code items} says. */
final class ArraySchema {
  private static final int UNBOUNDED = -1;

  private final SchemaCompiler compiler;
  private final NetworkBuilder network;
  private final String place;
  private final JsonNode prefix;
  private final JsonNode items;
  private final int minItems;
  private final int maxItems;

  ArraySchema(SchemaCompiler compiler, JsonNode schema, String place) {
    this.compiler = compiler;
    this.network = compiler.network();
    this.place = place;
    this.prefix = schema.path("prefixItems");
    JsonNode given = schema.path("items");
    if (given.isArray()) {
      throw Keywords.refused("items", place, "is a list; use prefixItems of draft 2020-12");
    }
    this.items = given.isMissingNode() ? BooleanNode.TRUE : given;
    this.minItems = Keywords.count(schema, "minItems", 0, place);
    this.maxItems = Keywords.count(schema, "maxItems", UNBOUNDED, place);
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
    int distinct = maxItems == UNBOUNDED ? Math.max(prefix.size(), minItems) : maxItems;
    for (int count = 1; count < distinct; count++) {
      if (count >= minItems) {
        compiler.parts().close(at, ']', end);
      }
      at = network.call(comma(at), element(count));
    }
    if (maxItems == UNBOUNDED) {
      network.call(comma(at), element(Math.max(distinct, prefix.size())), at);
    }
    if (maxItems == UNBOUNDED || maxItems >= minItems) {
      compiler.parts().close(at, ']', end);
    }
    return start;
  }

  private int comma(int from) {
    return network.call(network.read(from, ','), compiler.parts().space());
  }

  private int element(int index) {
    return index < prefix.size()
        ? compiler.part(prefix.get(index), place + "/prefixItems/" + index)
        : compiler.part(items, place + "/items");
  }
}
