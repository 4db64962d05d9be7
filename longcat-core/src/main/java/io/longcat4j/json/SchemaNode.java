package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A schema inside a schema. Immutable.
 *
 * @param number its own, in the order in which schemas stand in the document
 * @param json an object, true or false
 * @param place where it stands
 * @param resource what its references are relative to
 */
record SchemaNode(int number, JsonNode json, Place place, SchemaResource resource) {}
