package io.longcat4j.json;

import java.util.List;

/** Counts that several schemas ask for together. */
final class SchemaCounts {
  private SchemaCounts() {}

  /** The largest of the counts that a keyword gives; 0 where there is none. */
  static int most(List<SchemaNode> schemas, String keyword) {
    int most = 0;
    for (SchemaNode schema : schemas) {
      most = Math.max(most, Keywords.count(schema, keyword, 0));
    }
    return most;
  }

  /** The smallest of them; {@link JsonParts#UNBOUNDED} where there is none. */
  static int least(List<SchemaNode> schemas, String keyword) {
    int least = Integer.MAX_VALUE;
    for (SchemaNode schema : schemas) {
      least = Math.min(least, Keywords.count(schema, keyword, Integer.MAX_VALUE));
    }
    return least == Integer.MAX_VALUE ? JsonParts.UNBOUNDED : least;
  }
}
