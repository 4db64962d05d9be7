package io.longcat4j.json;

/**
 * A part of what a schema asks of a value.
 *
 * @param schema the schema
 * @param aspect which of its keywords
 */
record Term(SchemaNode schema, Aspect aspect) {
  /** Keywords that are looked at together. */
  enum Aspect {
    /** Those that say something about the value itself. */
    OWN,
    ANY_OF,
    ONE_OF;

    /** The keyword of alternatives. */
    String keyword() {
      return this == ANY_OF ? "anyOf" : "oneOf";
    }
  }

  /** Equal for the same part alone; in the order of the document. */
  int key() {
    return 3 * schema.number()
        + switch (aspect) {
          case OWN -> 0;
          case ANY_OF -> 1;
          case ONE_OF -> 2;
        };
  }
}
