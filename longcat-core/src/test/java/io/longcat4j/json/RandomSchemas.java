package io.longcat4j.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Random;

/** Schemas of everything that is supported, each with at least one finite document. */
final class RandomSchemas {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> NAMES =
      List.of("a", "ab", "abc", "b", "name", "\u4e2d", "a\"b", "", "x y", "\u00e9t\u00e9");

  private final Random random;

  private RandomSchemas(Random random) {
    this.random = random;
  }

  static ObjectNode schema(long seed) {
    RandomSchemas schemas = new RandomSchemas(new Random(seed));
    ObjectNode root = schemas.value(3);
    ObjectNode definitions = root.putObject("$defs");
    definitions.set("tree", tree());
    definitions.set("expression", expressions());
    definitions.putObject("short").put("type", "string").put("maxLength", 5);
    return root;
  }

  /** Two kinds of objects that begin alike, and two kinds of arrays. */
  private static ObjectNode expressions() {
    ObjectNode schema = object();
    ArrayNode cases = schema.putArray("anyOf");
    cases.addObject().put("type", "integer").put("minimum", 0).put("maximum", 99);
    for (String operator : List.of("+", "-")) {
      ObjectNode one = cases.addObject().put("type", "object");
      ObjectNode properties = one.putObject("properties");
      properties.putObject("left").put("$ref", "#/$defs/expression");
      properties.putObject("op").put("const", operator);
      one.putArray("required").add("left").add("op");
    }
    for (int most = 0; most < 2; most++) {
      ObjectNode one = cases.addObject().put("type", "array").put("maxItems", most);
      one.putObject("items").put("$ref", "#/$defs/expression");
    }
    return schema;
  }

  private ObjectNode expression() {
    return object().put("$ref", "#/$defs/expression");
  }

  /** Several schemas for the same value. */
  private ObjectNode together() {
    switch (random.nextInt(4)) {
      case 0 -> {
        return object().put("$ref", "#/$defs/short").put("minLength", random.nextInt(5));
      }
      case 1 -> {
        ObjectNode schema = object().put("type", "number").put("minimum", 0.25);
        schema.putArray("allOf").addObject().put("exclusiveMaximum", 1 + random.nextInt(20) / 8.0);
        schema.putArray("anyOf").addObject().put("maximum", 0.5);
        ((ArrayNode) schema.get("anyOf")).addObject().put("minimum", 1);
        return schema;
      }
      case 2 -> {
        ObjectNode schema = object().put("minimum", 2);
        schema.putArray("enum").add(1).add(2.5).add("x").add(7);
        return schema.put("type", "number");
      }
      default -> {
        BigDecimal bound = BigDecimal.TEN.pow(15 + random.nextInt(12));
        return object().put("type", "integer").put("minimum", bound);
      }
    }
  }

  /** An object that is described in several places. */
  private ObjectNode beside(int depth) {
    ObjectNode schema = objectSchema(depth);
    schema.remove("additionalProperties");
    ObjectNode more = schema.putArray("allOf").addObject();
    more.putObject("properties").set("more", value(depth - 1));
    more.putObject("additionalProperties").put("title", "anything");
    ArrayNode cases = schema.putArray("anyOf");
    cases.addObject().putArray("required").add("more");
    cases.addObject().putObject("properties").putObject("name").put("type", "string");
    return schema;
  }

  /** An object that may hold others of its kind. */
  private static ObjectNode tree() {
    ObjectNode tree = object().put("type", "object");
    ObjectNode properties = tree.putObject("properties");
    properties.putObject("leaf").put("type", "boolean");
    ObjectNode kids = properties.putObject("kids").put("type", "array").put("maxItems", 2);
    kids.putObject("items").put("$ref", "#/$defs/tree");
    tree.putArray("required").add("leaf");
    return tree.put("additionalProperties", false);
  }

  private ObjectNode value(int depth) {
    return switch (random.nextInt(depth == 0 ? 8 : 14)) {
      case 0 -> string();
      case 1 -> number("integer");
      case 2 -> number("number");
      case 3 -> object().put("type", random.nextBoolean() ? "boolean" : "null");
      case 4 -> values();
      case 5 -> object().put("$ref", "#/$defs/tree");
      case 6 -> several();
      case 7 -> together();
      case 8 -> array(depth);
      case 9 -> random.nextInt(3) == 0 ? object().put("title", "anything") : objectSchema(depth);
      case 10 -> objectSchema(depth);
      case 11 -> beside(depth);
      case 12 -> expression();
      default -> alternatives(depth);
    };
  }

  private ObjectNode string() {
    ObjectNode schema = object().put("type", "string");
    int min = random.nextInt(4);
    if (random.nextBoolean()) {
      schema.put("minLength", min);
    }
    return random.nextBoolean() ? schema.put("maxLength", min + random.nextInt(5)) : schema;
  }

  private ObjectNode number(String type) {
    ObjectNode schema = object().put("type", type);
    int lowest = random.nextInt(300) - 150;
    if (random.nextBoolean()) {
      schema.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", lowest);
    }
    if (random.nextBoolean()) {
      int highest = lowest + 2 + random.nextInt(200);
      schema.put(random.nextBoolean() ? "maximum" : "exclusiveMaximum", highest);
    }
    return schema;
  }

  private ObjectNode several() {
    ObjectNode schema = object();
    schema.putArray("type").add("integer").add("null").add("string");
    return schema.put("maxLength", random.nextInt(4));
  }

  private ObjectNode values() {
    if (random.nextInt(3) == 0) {
      return object().put("const", NAMES.get(random.nextInt(NAMES.size())));
    }
    ObjectNode schema = object();
    ArrayNode values = schema.putArray("enum").add(1.5).add("a\nb");
    values.addObject().putArray("k").add(true).addNull();
    for (int i = random.nextInt(4); i > 0; i--) {
      values.add(NAMES.get(i));
    }
    return schema;
  }

  private ObjectNode array(int depth) {
    ObjectNode schema = object().put("type", "array");
    int min = random.nextInt(3);
    if (random.nextBoolean()) {
      schema.put("minItems", min);
    }
    schema.put("maxItems", min + random.nextInt(3));
    if (random.nextInt(3) == 0) {
      schema.putArray("prefixItems").add(value(depth - 1)).add(value(depth - 1));
    }
    schema.set("items", value(depth - 1));
    return schema;
  }

  private ObjectNode objectSchema(int depth) {
    ObjectNode schema = object().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = schema.putArray("required");
    for (int i = random.nextInt(4); i > 0; i--) {
      String name = NAMES.get(random.nextInt(NAMES.size()));
      if (!properties.has(name) && random.nextBoolean()) {
        required.add(name);
      }
      properties.set(name, value(depth - 1));
    }
    switch (random.nextInt(4)) {
      case 0 -> schema.put("additionalProperties", false);
      case 1 -> schema.set("additionalProperties", value(0));
      default -> schema.put("description", "whatever");
    }
    return schema;
  }

  private ObjectNode alternatives(int depth) {
    ObjectNode schema = object();
    if (random.nextBoolean()) {
      schema.putArray("anyOf").add(value(depth - 1)).add(value(depth - 1)).add(true);
      return schema;
    }
    ArrayNode cases = schema.putArray("oneOf");
    for (String kind : List.of("p", "q")) {
      ObjectNode one = cases.addObject().put("type", "object");
      ObjectNode properties = one.putObject("properties");
      properties.putObject("kind").put("const", kind);
      properties.set("value", value(depth - 1));
      one.putArray("required").add("kind").add("value");
    }
    cases.addObject().put("type", "null");
    return schema;
  }

  private static ObjectNode object() {
    return JSON.objectNode();
  }
}
