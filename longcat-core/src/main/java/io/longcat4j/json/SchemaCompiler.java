package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.InvalidRequestException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a schema into a network of documents that satisfy it: each subschema is a part of its own,
 * so that references may go in circles. Not every document that satisfies the schema is in the
 * network: properties come in order, and properties that a schema with {@code properties} does not
 * name only where it has {@code additionalProperties}.
 */
final class SchemaCompiler {
  private final SchemaDocument document;
  private final NetworkBuilder network = new NetworkBuilder();
  private final JsonParts parts = new JsonParts(network);
  private final LocalReferences references;
  private final Map<String, Integer> partByPlace = new HashMap<>();

  private SchemaCompiler(SchemaDocument document) {
    this.document = document;
    this.references = new LocalReferences(document.root());
  }

  /** Compiles a schema, or says why it cannot be. */
  static Network compile(String schema) {
    try {
      return new SchemaCompiler(SchemaDocument.read(schema)).compile();
    } catch (NetworkBuilder.TooLargeException e) {
      throw new InvalidRequestException(
          "The JSON schema is too large for constrained output; lower its bounds on lengths and"
              + " items, or its number of values",
          e);
    }
  }

  private Network compile() {
    int start = network.state();
    network.markEnd(network.call(network.call(start, parts.space()), part(document.root(), "#")));
    if (network.hasEmptyCycle()) {
      throw new InvalidRequestException(
          "The JSON schema has a $ref that leads back to itself without an object or an array in"
              + " between; break the circle");
    }
    Network built = network.build(start);
    if (built.start() < 0) {
      throw new InvalidRequestException(
          "No finite document satisfies the JSON schema; look for required properties that refer"
              + " back to their own schema, for false, and for bounds that exclude each other");
    }
    return built;
  }

  /** The part for a subschema; it may still be under construction. */
  int part(JsonNode schema, String place) {
    Integer known = partByPlace.get(place);
    if (known != null) {
      return known;
    }
    int start = network.state();
    partByPlace.put(place, start);
    fill(start, schema, place);
    return start;
  }

  NetworkBuilder network() {
    return network;
  }

  JsonParts parts() {
    return parts;
  }

  private void fill(int start, JsonNode schema, String place) {
    if (schema.isBoolean()) {
      if (schema.booleanValue()) {
        network.skip(start, parts.any());
      }
      return;
    }
    Keywords.check(schema, place);
    if (schema.has("$ref")) {
      String target = schema.get("$ref").textValue();
      network.skip(start, part(references.resolve(target, place), target));
    } else if (schema.has("anyOf")) {
      alternatives(start, schema.get("anyOf"), place + "/anyOf");
    } else if (schema.has("allOf")) {
      requireOne(schema.get("allOf"), place);
      alternatives(start, schema.get("allOf"), place + "/allOf");
    } else if (schema.has("oneOf")) {
      new ExclusiveCases(references).check(schema.get("oneOf"), place);
      alternatives(start, schema.get("oneOf"), place + "/oneOf");
    } else if (schema.has("const") || schema.has("enum")) {
      values(start, schema);
    } else {
      types(start, schema, place);
    }
  }

  private static void requireOne(JsonNode cases, String place) {
    if (cases.size() != 1) {
      throw Keywords.refused("allOf", place, "has several schemas; merge them into one");
    }
  }

  private void alternatives(int start, JsonNode schemas, String place) {
    for (int i = 0; i < schemas.size(); i++) {
      network.skip(start, part(schemas.get(i), place + "/" + i));
    }
  }

  private void values(int start, JsonNode schema) {
    List<JsonNode> values = new ArrayList<>();
    if (schema.has("const")) {
      values.add(schema.get("const"));
    } else {
      schema.get("enum").forEach(values::add);
    }
    for (JsonNode value : values) {
      if (document.satisfies(schema, value)) {
        network.skip(start, parts.literal(value.toString()));
      }
    }
  }

  private void types(int start, JsonNode schema, String place) {
    Set<String> types = Keywords.types(schema);
    if (types.isEmpty()) {
      network.skip(start, parts.any());
    }
    for (String type : types) {
      network.skip(start, typed(type, schema, place));
    }
  }

  private int typed(String type, JsonNode schema, String place) {
    return switch (type) {
      case "object" -> new ObjectSchema(this, schema, place).part();
      case "array" -> new ArraySchema(this, schema, place).part();
      case "string" ->
          parts.string(
              Keywords.count(schema, "minLength", 0, place),
              Keywords.count(schema, "maxLength", JsonParts.UNBOUNDED, place));
      case "integer" -> new NumberSchema(this, schema, place).part(/* fractions= */ false);
      case "number" -> new NumberSchema(this, schema, place).part(/* fractions= */ true);
      case "boolean" -> {
        int start = network.state();
        network.skip(start, parts.literal("true"));
        network.skip(start, parts.literal("false"));
        yield start;
      }
      case "null" -> parts.literal("null");
      default -> throw new IllegalStateException("the draft lets the type " + type + " pass");
    };
  }
}
