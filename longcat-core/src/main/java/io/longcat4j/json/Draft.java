package io.longcat4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.InvalidRequestException;
import java.util.Locale;

/** The drafts of JSON Schema that are read. */
enum Draft {
  DRAFT_7("json-schema.org/draft-07/schema"),
  DRAFT_2019_09("json-schema.org/draft/2019-09/schema"),
  DRAFT_2020_12("json-schema.org/draft/2020-12/schema");

  private final String id;

  Draft(String id) {
    this.id = id;
  }

  /** The draft that a schema names, by https or http, with or without # at its end. */
  static Draft of(JsonNode root) {
    JsonNode named = root.path("$schema");
    if (named.isMissingNode()) {
      return DRAFT_2020_12;
    }
    if (named.isTextual()) {
      String text = named.textValue();
      for (Draft draft : values()) {
        if (text.replaceFirst("^https?://", "").replaceFirst("#$", "").equals(draft.id)) {
          return draft;
        }
      }
    }
    throw new InvalidRequestException(
        "The JSON schema's $schema is "
            + JsonText.of(named)
            + ", but drafts 7, 2019-09 and 2020-12 are known; use one of them, such as \"https://"
            + DRAFT_2020_12.id
            + "\"");
  }

  /** Whether {@code items} may be a list, and {@code prefixItems} is not known. */
  boolean hasListsOfItems() {
    return this != DRAFT_2020_12;
  }

  /** Whether what stands beside {@code $ref} has no effect. */
  boolean ignoresNeighboursOfReferences() {
    return this == DRAFT_7;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replaceFirst("_", " ").replace('_', '-');
  }
}
