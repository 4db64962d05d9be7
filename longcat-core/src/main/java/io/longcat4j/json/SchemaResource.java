package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;

/**
 * A schema that has an identifier of its own, or the whole document. Immutable.
 *
 * @param base absolute, without fragment
 * @param root what a reference without a fragment leads to
 */
record SchemaResource(URI base, JsonNode root) {}
