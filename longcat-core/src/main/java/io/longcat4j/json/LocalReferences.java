package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what {@code $ref} refers to, inside the document alone. Not thread-safe. */
final class LocalReferences {
  private static final int MAX_CHARACTERS = 200_000;

  private final SchemaIndex index;
  private final Work work;
  private final Map<Integer, SchemaNode> known = new HashMap<>();

  LocalReferences(SchemaIndex index, Work work) {
    this.index = index;
    this.work = work;
  }

  /** The schema that a schema's {@code $ref} leads to. */
  SchemaNode target(SchemaNode from) {
    SchemaNode target = known.get(from.number());
    if (target == null) {
      target = find(from);
      known.put(from.number(), target);
    }
    return target;
  }

  private SchemaNode find(SchemaNode from) {
    String reference = from.json().path("$ref").textValue();
    if (reference.length() > MAX_CHARACTERS) {
      throw Keywords.refused(
          "$ref", from.place(), "has more than " + MAX_CHARACTERS + " characters; shorten it");
    }
    int sign = reference.indexOf('#');
    String identifier = sign < 0 ? reference : reference.substring(0, sign);
    String fragment = sign < 0 ? "" : decoded(reference.substring(sign + 1), from);
    SchemaResource resource = resource(identifier, from);
    SchemaNode found = null;
    if (resource != null) {
      found =
          fragment.isEmpty() || fragment.startsWith("/")
              ? pointed(fragment, resource, from)
              : index.anchor(resource, fragment);
    }
    if (found == null) {
      throw Keywords.refused(
          "$ref",
          from.place(),
          "refers to "
              + Keywords.quoted(from.json().path("$ref"))
              + ", which is no schema inside this one; use #/$defs/NAME");
    }
    return found;
  }

  private @Nullable SchemaResource resource(String identifier, SchemaNode from) {
    if (identifier.isEmpty()) {
      return from.resource();
    }
    try {
      return index.resource(from.resource().base().resolve(new URI(identifier)).normalize());
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private @Nullable SchemaNode pointed(String pointer, SchemaResource start, SchemaNode from) {
    JsonNode at = start.root();
    SchemaNode schema = index.of(at);
    Place place = schema.place();
    if (pointer.isEmpty()) {
      return schema;
    }
    for (String escaped : pointer.substring(1).split("/", -1)) {
      work.step();
      String step = step(escaped, from);
      JsonNode next = at.isArray() ? element(at, step) : at.get(step);
      if (next == null) {
        return null;
      }
      at = next;
      place = place.then(step);
      schema = at.isObject() && index.isKnown(at) ? index.of(at) : schema;
    }
    return at.isObject() || at.isBoolean() ? index.of(at, place, schema.resource()) : null;
  }

  private static @Nullable JsonNode element(JsonNode array, String step) {
    boolean isIndex =
        !step.isEmpty()
            && step.length() < 10
            && step.chars().allMatch(c -> c >= '0' && c <= '9')
            && (step.equals("0") || !step.startsWith("0"));
    return isIndex ? array.get(Integer.parseInt(step)) : null;
  }

  /** A step of a pointer as the name it stands for. */
  private static String step(String escaped, SchemaNode from) {
    for (int at = escaped.indexOf('~'); at >= 0; at = escaped.indexOf('~', at + 1)) {
      if (!(escaped.startsWith("0", at + 1) || escaped.startsWith("1", at + 1))) {
        throw noPointer(from);
      }
    }
    return escaped.replace("~1", "/").replace("~0", "~");
  }

  /** A fragment of a URI as what it stands for. */
  private static String decoded(String fragment, SchemaNode from) {
    if (fragment.indexOf('%') < 0) {
      return fragment;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] given = fragment.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < given.length; i++) {
      if (given[i] != '%') {
        bytes.write(given[i]);
        continue;
      }
      int high = i + 2 <= given.length - 1 ? Character.digit(given[i + 1], 16) : -1;
      int low = i + 2 <= given.length - 1 ? Character.digit(given[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw noPointer(from);
      }
      bytes.write(high << 4 | low);
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw noPointer(from);
    }
  }

  private static RuntimeException noPointer(SchemaNode from) {
    return Keywords.refused(
        "$ref",
        from.place(),
        "is "
            + Keywords.quoted(from.json().path("$ref"))
            + ", which is no JSON pointer in a URI: write % as %25, ~ as ~0 and / as ~1 there");
  }
}
