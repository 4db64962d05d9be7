package io.longcat4j.decode;

/** Counts the real experts that routers pick for each token and layer. Not thread-safe. */
public final class ExpertCount {
  private final int realExperts;
  private long picks;
  private long decisions;
  private int least = Integer.MAX_VALUE;
  private int most;

  /**
   * Starts at nothing.
   *
   * @param realExperts ids from here on are zero experts
   */
  public ExpertCount(int realExperts) {
    this.realExperts = realExperts;
  }

  /** Counts the picks of some tokens in a layer. */
  void add(int[] ids, int topK, int firstRow, int rows) {
    for (int row = firstRow; row < firstRow + rows; row++) {
      int real = 0;
      for (int i = row * topK; i < (row + 1) * topK; i++) {
        real += ids[i] < realExperts ? 1 : 0;
      }
      picks += real;
      decisions++;
      least = Math.min(least, real);
      most = Math.max(most, real);
    }
  }

  /**
   * The figures so far.
   *
   * @return all 0 before the first token
   */
  public ExpertsPerToken figures() {
    return decisions == 0
        ? new ExpertsPerToken(0, 0, 0)
        : new ExpertsPerToken((double) picks / decisions, least, most);
  }
}
