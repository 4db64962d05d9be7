package io.longcat4j.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.longcat4j.InvalidRequestException;
import java.util.List;

/**
 * A JSON Schema that has been read and found to be one, of draft 7, 2019-09 or 2020-12. Nothing is
 * fetched: the drafts come with the validator, and references lead nowhere else. Immutable.
 */
final class SchemaDocument {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final JsonNode root;
  private final SchemaRegistry registry;

  private SchemaDocument(JsonNode root, SpecificationVersion version) {
    this.root = root;
    this.registry = SchemaRegistry.withDefaultDialect(version);
    Schema draft = registry.getSchema(SchemaLocation.of(version.getDialectId()));
    List<Error> errors = draft.validate(root);
    if (!errors.isEmpty()) {
      throw new InvalidRequestException(
          "The JSON schema is not well-formed: "
              + errors.get(0)
              + (errors.size() > 1 ? " (and " + (errors.size() - 1) + " more)" : "")
              + "; correct it, see "
              + version.getDialectId());
    }
  }

  static SchemaDocument read(String schema) {
    try {
      JsonNode root = JSON.readTree(schema);
      if (root == null || root.isMissingNode()) {
        throw new InvalidRequestException("The JSON schema is empty; pass an object or true");
      }
      return new SchemaDocument(root, version(root));
    } catch (JsonProcessingException e) {
      throw new InvalidRequestException(
          "The JSON schema is no JSON: " + e.getOriginalMessage() + "; correct it", e);
    }
  }

  private static SpecificationVersion version(JsonNode root) {
    String dialect = root.path("$schema").asText(SpecificationVersion.DRAFT_2020_12.getDialectId());
    return SpecificationVersion.fromDialectId(dialect)
        .filter(version -> version.compareTo(SpecificationVersion.DRAFT_7) >= 0)
        .orElseThrow(
            () ->
                new InvalidRequestException(
                    "The JSON schema's $schema is "
                        + dialect
                        + ", but drafts 7, 2019-09 and 2020-12 are known; use one of them"));
  }

  JsonNode root() {
    return root;
  }

  /** Whether a value satisfies a schema that refers to no other. */
  boolean satisfies(JsonNode schema, JsonNode value) {
    return registry.getSchema(schema).validate(value).isEmpty();
  }
}
