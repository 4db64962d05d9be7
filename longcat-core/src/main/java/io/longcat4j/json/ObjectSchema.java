package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Objects that satisfy all of some schemas: named properties in the order of the schemas, then
 * others where they are allowed.
 */
final class ObjectSchema {
  private final SchemaCompiler compiler;
  private final NetworkBuilder network;
  private final List<SchemaNode> leaves;
  private final boolean open;
  private final Set<String> required = new HashSet<>();
  private final Set<String> names = new LinkedHashSet<>();

  ObjectSchema(SchemaCompiler compiler, List<SchemaNode> leaves) {
    this.compiler = compiler;
    this.network = compiler.network();
    this.leaves = leaves;
    boolean given = false;
    boolean closed = false;
    for (SchemaNode leaf : leaves) {
      leaf.json().path("properties").fieldNames().forEachRemaining(names::add);
      JsonNode others = leaf.json().path("additionalProperties");
      given |= !others.isMissingNode();
      closed |= others.equals(BooleanNode.FALSE);
    }
    for (SchemaNode leaf : leaves) {
      for (JsonNode name : leaf.json().path("required")) {
        compiler.work().step();
        required.add(name.textValue());
        names.add(name.textValue());
      }
    }
    this.open = !closed && (given || names.isEmpty());
  }

  int part() {
    int start = network.state();
    int end = network.end();
    int empty = network.call(network.read(start, '{'), compiler.parts().space());
    int filled = network.state();
    boolean mayBeEmpty = true;
    for (String name : names) {
      int value = valueOf(name);
      int nextFilled = compiler.parts().member(comma(filled), name, value);
      if (mayBeEmpty) {
        network.skip(compiler.parts().member(empty, name, value), nextFilled);
      }
      if (required.contains(name)) {
        mayBeEmpty = false;
      } else {
        network.skip(filled, nextFilled);
      }
      filled = nextFilled;
    }
    if (open) {
      int other = others();
      List<String> named = List.copyOf(names);
      compiler.parts().otherMember(comma(filled), named, other, filled);
      if (mayBeEmpty) {
        compiler.parts().otherMember(empty, named, other, filled);
      }
    }
    compiler.parts().close(filled, '}', end);
    if (mayBeEmpty) {
      network.range(empty, '}', '}', end);
    }
    return start;
  }

  private int comma(int from) {
    return network.call(network.read(from, ','), compiler.parts().space());
  }

  private int valueOf(String name) {
    List<SchemaNode> schemas = new ArrayList<>();
    for (SchemaNode leaf : leaves) {
      JsonNode own = leaf.json().path("properties").path(name);
      add(own.isMissingNode() ? leaf.json().path("additionalProperties") : own, schemas);
    }
    return compiler.part(schemas);
  }

  private int others() {
    List<SchemaNode> schemas = new ArrayList<>();
    for (SchemaNode leaf : leaves) {
      add(leaf.json().path("additionalProperties"), schemas);
    }
    return compiler.part(schemas);
  }

  private void add(JsonNode schema, List<SchemaNode> schemas) {
    if (!schema.isMissingNode()) {
      schemas.add(compiler.index().of(schema));
    }
  }
}
