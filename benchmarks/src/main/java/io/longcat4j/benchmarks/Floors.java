package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What the machine can do at best, with all threads.
 *
 * @param threads how many
 * @param readBytesPerSecond streaming read over a buffer far larger than the caches
 * @param f32FlopsPerSecond fused multiply-adds that stay in registers, two operations each
 * @param bf16FlopsPerSecond dot products of BF16 pairs that stay in registers; 0 where the
 *     processor has no instruction for them
 */
record Floors(
    int threads, double readBytesPerSecond, double f32FlopsPerSecond, double bf16FlopsPerSecond) {

  /** The median of each number over some samples, at least one. */
  static Floors median(List<Floors> samples) {
    return of(samples, Floors::median);
  }

  /** The largest of each number over some samples, at least one. */
  static Floors best(List<Floors> samples) {
    return of(samples, values -> values[values.length - 1]);
  }

  /** The mean of each number over some samples, at least one. */
  static Floors mean(List<Floors> samples) {
    return of(samples, values -> Arrays.stream(values).average().orElseThrow());
  }

  private static Floors of(List<Floors> samples, ToDoubleFunction<double[]> reduce) {
    return new Floors(
        samples.get(0).threads,
        reduce.applyAsDouble(sorted(samples, Floors::readBytesPerSecond)),
        reduce.applyAsDouble(sorted(samples, Floors::f32FlopsPerSecond)),
        reduce.applyAsDouble(sorted(samples, Floors::bf16FlopsPerSecond)));
  }

  private static double[] sorted(List<Floors> samples, ToDoubleFunction<Floors> number) {
    return samples.stream().mapToDouble(number).sorted().toArray();
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The peak that products of BF16 weights are measured against: F32's where there is none. */
  double productFlopsPerSecond() {
    return bf16FlopsPerSecond > 0 ? bf16FlopsPerSecond : f32FlopsPerSecond;
  }

  /** The peak of whatever is faster here; some processors do F32 at twice the rate of BF16. */
  double bestFlopsPerSecond() {
    return Math.max(bf16FlopsPerSecond, f32FlopsPerSecond);
  }

  ObjectNode json() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("read_gb_per_s", Figures.rounded(readBytesPerSecond / 1e9))
        .put("f32_gflop_per_s", Figures.rounded(f32FlopsPerSecond / 1e9))
        .put("bf16_gflop_per_s", Figures.rounded(bf16FlopsPerSecond / 1e9));
  }
}
