package io.longcat4j.decode;

import io.longcat4j.model.ModelRunner;

/** Counts the real experts that routers pick for each token and layer. Not thread-safe. */
public final class ExpertCount {
  private long picks;
  private long decisions;
  private int least = Integer.MAX_VALUE;
  private int most;

  /** Starts at nothing. */
  public ExpertCount() {}

  /** Counts the picks of a row of the runner's last pass. */
  void add(ModelRunner runner, int row) {
    picks += runner.realExpertsOf(row);
    decisions += runner.layers();
    least = Math.min(least, runner.fewestExpertsOf(row));
    most = Math.max(most, runner.mostExpertsOf(row));
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
