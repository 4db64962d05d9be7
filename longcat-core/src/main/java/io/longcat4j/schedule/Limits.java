package io.longcat4j.schedule;

import io.longcat4j.model.LanguageModel;

/**
 * What a scheduler keeps to.
 *
 * @param maxRunning requests in the passes at once, 1 to 256
 * @param queueLimit requests that wait for their first pass; more are rejected
 */
public record Limits(int maxRunning, int queueLimit) {
  /** Leaves room for prompts in every pass. */
  static final int MOST_RUNNING = LanguageModel.MAX_ROWS / 2;

  /**
   * Rows that heads see in a pass at most.
   *
   * @param drafts whether the model can look one token further
   * @return at most {@link LanguageModel#MAX_ROWS}
   */
  public int headRows(boolean drafts) {
    return drafts ? 2 * maxRunning : maxRunning;
  }

  /** Checks the components. */
  public Limits {
    if (maxRunning < 1 || maxRunning > MOST_RUNNING || queueLimit < 0) {
      throw new IllegalArgumentException(
          maxRunning + " running and " + queueLimit + " waiting requests");
    }
  }
}
