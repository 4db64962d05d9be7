package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Objects: named properties in the order of the schema, then others where they are allowed. */
final class ObjectSchema {
  private final SchemaCompiler compiler;
  private final NetworkBuilder network;
  private final String place;
  private final JsonNode properties;
  private final JsonNode others;
  private final boolean open;
  private final Set<String> required = new HashSet<>();
  private final List<String> names = new ArrayList<>();

  ObjectSchema(SchemaCompiler compiler, JsonNode schema, String place) {
    this.compiler = compiler;
    this.network = compiler.network();
    this.place = place;
    this.properties = schema.path("properties");
    JsonNode given = schema.path("additionalProperties");
    this.others = given.isMissingNode() ? BooleanNode.TRUE : given;
    schema.path("required").forEach(name -> required.add(name.textValue()));
    properties.fieldNames().forEachRemaining(names::add);
    schema.path("required").forEach(name -> addUnnamed(name.textValue()));
    this.open = given.isMissingNode() ? names.isEmpty() : !given.equals(BooleanNode.FALSE);
  }

  private void addUnnamed(String name) {
    if (!names.contains(name)) {
      names.add(name);
    }
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
      int other = compiler.part(others, place + "/additionalProperties");
      compiler.parts().otherMember(comma(filled), names, other, filled);
      if (mayBeEmpty) {
        compiler.parts().otherMember(empty, names, other, filled);
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
    JsonNode schema = properties.path(name);
    return schema.isMissingNode()
        ? compiler.part(others, place + "/additionalProperties")
        : compiler.part(schema, place + "/properties/" + LocalReferences.escaped(name));
  }
}
