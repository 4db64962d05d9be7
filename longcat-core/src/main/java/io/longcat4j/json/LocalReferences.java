package io.longcat4j.json;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Finds what {@code $ref} refers to, inside the schema alone. */
final class LocalReferences {
  private final JsonNode root;

  LocalReferences(JsonNode root) {
    this.root = root;
  }

  /** The schema that a reference at a place leads to. */
  JsonNode resolve(String reference, String place) {
    JsonNode found = reference.startsWith("#") ? root.at(pointer(reference, place)) : null;
    if (found == null || !(found.isObject() || found.isBoolean())) {
      throw Keywords.refused(
          "$ref",
          place,
          "refers to " + reference + ", which is no schema inside this one; use #/$defs/NAME");
    }
    return found;
  }

  /** What a schema is in the end, after any references. */
  JsonNode followed(JsonNode schema, String place) {
    JsonNode at = schema;
    for (int i = 0; i < 100 && at.has("$ref"); i++) {
      at = resolve(at.get("$ref").textValue(), place);
    }
    return at;
  }

  private static JsonPointer pointer(String reference, String place) {
    try {
      String fragment = reference.substring(1).replace("+", "%2B");
      return JsonPointer.compile(URLDecoder.decode(fragment, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw Keywords.refused(
          "$ref", place, "is " + reference + ", which is no JSON pointer; use #/$defs/NAME");
    }
  }

  /** A name as a step of a JSON pointer. */
  static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
