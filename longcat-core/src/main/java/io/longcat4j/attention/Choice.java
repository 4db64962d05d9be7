package io.longcat4j.attention;

/** How the positions that a row keeps are found. */
public enum Choice {
  /** Each head scores every position. */
  SCORES(0),
  /** All heads keep the first positions and the last ones; nothing is scored. */
  WINDOW(1),
  /** Candidates from scores of small integers. */
  INT8(2),
  /** Candidates from bounds of the scores in each page. */
  PAGES(3),
  /** Candidates from the integers of {@link #INT8} in the columns where the queries are largest. */
  COLUMNS(4);

  private final int code;

  Choice(int code) {
    this.code = code;
  }

  /**
   * What stands for it in commands, in keys of prefixes and in native code.
   *
   * @return never another number
   */
  public int code() {
    return code;
  }

  /**
   * Whether a {@code KeyIndex} is needed beside the cache.
   *
   * @return true for approximate ones
   */
  public boolean isApproximate() {
    return this == INT8 || this == PAGES || this == COLUMNS;
  }
}
