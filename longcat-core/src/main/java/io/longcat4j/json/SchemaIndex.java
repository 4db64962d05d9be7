package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All schemas inside a schema, found and found to be schemas, whether something refers to them or
 * not. Nothing is ever fetched: what is not in the document does not exist. Not thread-safe.
 */
final class SchemaIndex {
  private static final URI NO_BASE = URI.create("json-schema:///");

  private final Draft draft;
  private final Work work;
  private final IdentityHashMap<JsonNode, SchemaNode> nodes = new IdentityHashMap<>();
  private final Map<String, SchemaResource> resources = new HashMap<>();

  /** By the identifier of the resource, a number sign and the name. */
  private final Map<String, SchemaNode> anchors = new HashMap<>();

  private final Deque<SchemaNode> open = new ArrayDeque<>();
  private final SchemaNode root;

  SchemaIndex(JsonNode root, Work work) {
    this.work = work;
    this.draft = Draft.of(root);
    SchemaResource whole = new SchemaResource(NO_BASE, root);
    resources.put(NO_BASE.toString(), whole);
    this.root = add(root, Place.ROOT, "the whole", whole);
    walk();
  }

  Draft draft() {
    return draft;
  }

  SchemaNode root() {
    return root;
  }

  /** A schema that stands where schemas stand. */
  SchemaNode of(JsonNode schema) {
    SchemaNode node = nodes.get(schema);
    if (node == null) {
      throw new IllegalStateException("no schema stands here: " + Keywords.quoted(schema));
    }
    return node;
  }

  /** A schema wherever it stands, for something that refers to it. */
  SchemaNode of(JsonNode schema, Place place, SchemaResource resource) {
    SchemaNode node = add(schema, place, "the whole", resource);
    walk();
    return node;
  }

  boolean isKnown(JsonNode json) {
    return nodes.containsKey(json);
  }

  @Nullable SchemaResource resource(URI identifier) {
    return resources.get(identifier.toString());
  }

  @Nullable SchemaNode anchor(SchemaResource resource, String name) {
    return anchors.get(resource.base() + "#" + name);
  }

  private SchemaNode add(JsonNode json, Place place, String keyword, SchemaResource within) {
    work.step();
    if (!json.isObject() && !json.isBoolean()) {
      throw Keywords.malformed(keyword, place, json, KeywordShape.SCHEMA.expected());
    }
    SchemaNode known = nodes.get(json);
    if (known != null) {
      return known;
    }
    SchemaNode node = new SchemaNode(nodes.size(), json, place, resource(json, place, within));
    nodes.put(json, node);
    name(node);
    open.add(node);
    return node;
  }

  private void walk() {
    while (!open.isEmpty()) {
      SchemaNode node = open.remove();
      for (Map.Entry<String, JsonNode> keyword : node.json().properties()) {
        KeywordShape shape = KeywordShape.of(keyword.getKey());
        if (shape != null) {
          check(node, keyword.getKey(), shape, keyword.getValue());
        }
      }
    }
  }

  private void check(SchemaNode node, String keyword, KeywordShape shape, JsonNode value) {
    if (!shape.fits(value)) {
      throw Keywords.malformed(keyword, node.place(), value, shape.expected());
    }
    Place place = node.place().then(keyword);
    SchemaResource resource = node.resource();
    switch (shape) {
      case SCHEMA -> add(value, place, keyword, resource);
      case SCHEMAS -> addAll(value, place, keyword, resource);
      case SCHEMA_OR_SCHEMAS -> {
        if (!value.isArray()) {
          add(value, place, keyword, resource);
        } else if (draft.hasListsOfItems()) {
          addAll(value, place, keyword, resource);
        } else {
          throw Keywords.refused(
              keyword, node.place(), "is a list; use prefixItems, or name an older $schema");
        }
      }
      case SCHEMA_BY_NAME, SCHEMA_OR_NAMES_BY_NAME ->
          addNamed(value, place, shape == KeywordShape.SCHEMA_OR_NAMES_BY_NAME, resource);
      default -> work.step();
    }
  }

  private void addAll(JsonNode schemas, Place place, String keyword, SchemaResource resource) {
    for (int i = 0; i < schemas.size(); i++) {
      add(schemas.get(i), place.then(i), keyword, resource);
    }
  }

  private void addNamed(JsonNode schemas, Place place, boolean names, SchemaResource resource) {
    for (Map.Entry<String, JsonNode> named : schemas.properties()) {
      Place at = place.then(named.getKey());
      if (!(names && named.getValue().isArray())) {
        add(named.getValue(), at, place.step(), resource);
      } else if (!KeywordShape.NAMES.fits(named.getValue())) {
        throw Keywords.malformed(place.step(), at, named.getValue(), KeywordShape.NAMES.expected());
      }
    }
  }

  /** The resource that a schema belongs to: its own where it has an identifier. */
  private SchemaResource resource(JsonNode json, Place place, SchemaResource within) {
    JsonNode id = json.path("$id");
    boolean ignored = json.has("$ref") && draft.ignoresNeighboursOfReferences();
    if (!id.isTextual() || ignored || withoutFragment(id.textValue()).isEmpty()) {
      return within;
    }
    try {
      URI own = within.base().resolve(new URI(withoutFragment(id.textValue()))).normalize();
      SchemaResource resource = new SchemaResource(own, json);
      SchemaResource other = resources.putIfAbsent(own.toString(), resource);
      if (other != null) {
        throw Keywords.refused(
            "$id", place, "is " + Keywords.quoted(id) + ", as that of another schema; change one");
      }
      return resource;
    } catch (URISyntaxException e) {
      throw Keywords.malformed("$id", place, id, "a URI");
    }
  }

  private void name(SchemaNode node) {
    for (String keyword : new String[] {"$anchor", "$dynamicAnchor"}) {
      JsonNode name = node.json().path(keyword);
      if (name.isTextual()) {
        name(node, keyword, name.textValue());
      }
    }
    String id = node.json().path("$id").asText("");
    int fragment = id.indexOf('#');
    if (fragment >= 0 && fragment < id.length() - 1) {
      if (draft != Draft.DRAFT_7) {
        throw Keywords.malformed(
            "$id", node.place(), node.json().path("$id"), "without a fragment; use $anchor");
      }
      name(node, "$id", id.substring(fragment + 1));
    }
  }

  private void name(SchemaNode node, String keyword, String name) {
    SchemaNode other = anchors.putIfAbsent(node.resource().base() + "#" + name, node);
    if (other != null && other.number() != node.number()) {
      throw Keywords.refused(
          keyword, node.place(), "names what is named at " + other.place() + " too; change one");
    }
  }

  private static String withoutFragment(String uri) {
    int fragment = uri.indexOf('#');
    return fragment < 0 ? uri : uri.substring(0, fragment);
  }
}
