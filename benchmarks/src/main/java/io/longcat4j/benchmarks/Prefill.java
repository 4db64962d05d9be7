package io.longcat4j.benchmarks;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Prompts of one length, each beside the floors measured while it ran.
 *
 * @param rows positions of a prompt
 * @param prompts at least one
 * @param realExperts experts that computed for a position and layer, on average
 */
record Prefill(int rows, List<Prompt> prompts, double realExperts) {
  Prefill {
    prompts = List.copyOf(prompts);
  }

  /**
   * A prompt.
   *
   * @param seconds of its passes, without the measurements between operations
   * @param floors the mean of those measurements
   */
  record Prompt(double seconds, Floors floors) {}

  Sample seconds() {
    return sample(Prompt::seconds);
  }

  double flops(TokenCost cost) {
    return cost.prefillFlops(rows, realExperts);
  }

  /** Seconds the products take at least, over seconds that passed: the median of all prompts. */
  double share(TokenCost cost) {
    return share(cost, Floors::productFlopsPerSecond);
  }

  /** The same where the products are F32. */
  double shareOfF32(TokenCost cost) {
    return share(cost, Floors::f32FlopsPerSecond);
  }

  /** The same where the products are whatever is faster here. */
  double shareOfFaster(TokenCost cost) {
    return share(cost, Floors::bestFlopsPerSecond);
  }

  private double share(TokenCost cost, ToDoubleFunction<Floors> peak) {
    return sample(prompt -> flops(cost) / peak.applyAsDouble(prompt.floors()) / prompt.seconds())
        .median();
  }

  /** The peaks of BF16 products beside the prompts. */
  Sample productFlopsPerSecond() {
    return sample(prompt -> prompt.floors().productFlopsPerSecond());
  }

  private Sample sample(ToDoubleFunction<Prompt> number) {
    return new Sample(prompts.stream().mapToDouble(number).toArray());
  }
}
