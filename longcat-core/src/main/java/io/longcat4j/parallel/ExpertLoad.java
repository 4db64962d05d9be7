package io.longcat4j.parallel;

/**
 * How many experts the tokens of a pass need, if picks fall evenly on all experts: of each rank on
 * average, and of the fullest rank. Each expert counts once, however many tokens pick it, because
 * its weights are read once.
 *
 * @param experts that compute, whole ones in equal numbers on each rank
 * @param zeroExperts that compute nothing, but are picked like the others
 * @param picks of a token
 * @param ranks how many share the experts; a divisor of their number
 */
public record ExpertLoad(int experts, int zeroExperts, int picks, int ranks) {

  /**
   * The share of all experts that a pass reads.
   *
   * @param rows its tokens
   * @return 0 to 1
   */
  public double share(int rows) {
    return 1 - Math.pow(1 - (double) picks / (experts + zeroExperts), rows);
  }

  /**
   * The experts that the fullest rank reads over the mean of all ranks. Ranks and experts are taken
   * for independent of each other, which simulation bears out within 3 %.
   *
   * @param rows tokens of the pass
   * @return at least 1
   */
  public double fullest(int rows) {
    int own = experts / ranks;
    double share = share(rows);
    double logHit = Math.log(share);
    double logMiss = rows * Math.log1p(-(double) picks / (experts + zeroExperts));
    double logChoose = 0;
    double atMost = 0;
    double expected = 0;
    for (int read = 0; read < own; read++) {
      atMost += Math.exp(logChoose + read * logHit + (own - read) * logMiss);
      expected += 1 - Math.pow(Math.min(1, atMost), ranks);
      logChoose += Math.log((double) (own - read) / (read + 1));
    }
    return expected / (own * share);
  }
}
