package io.longcat4j.quantize;

import java.util.Arrays;

/**
 * How far the next-token distributions of two models are apart.
 *
 * @param positions at which they were compared
 * @param meanKl mean Kullback-Leibler divergence of the second from the first, in nats
 * @param top1Agreement share of positions at which both find the same token most likely
 */
public record Divergence(long positions, double meanKl, double top1Agreement) {
  /**
   * Compares logits that are in memory.
   *
   * @param expected those that are right, row by row
   * @param found those to be judged, as many
   * @param width logits of each row
   * @return over all rows
   */
  public static Divergence of(float[] expected, float[] found, int width) {
    Sum sum = new Sum();
    for (int from = 0; from < expected.length; from += width) {
      int to = from + width;
      sum.add(Arrays.copyOfRange(expected, from, to), Arrays.copyOfRange(found, from, to));
    }
    return sum.result();
  }

  /** Adds up positions. Not thread-safe. */
  static final class Sum {
    private long positions;
    private long agreed;
    private double kl;

    void add(float[] expected, float[] found) {
      double[] p = logProbabilities(expected);
      double[] q = logProbabilities(found);
      double sum = 0;
      for (int i = 0; i < p.length; i++) {
        double probability = Math.exp(p[i]);
        if (probability > 0) {
          sum += probability * (p[i] - q[i]);
        }
      }
      // Rounding may leave a negative trace where both are the same.
      kl += Math.max(0, sum);
      agreed += largest(expected) == largest(found) ? 1 : 0;
      positions++;
    }

    Divergence result() {
      return new Divergence(
          positions,
          positions == 0 ? 0 : kl / positions,
          positions == 0 ? 1 : (double) agreed / positions);
    }

    private static double[] logProbabilities(float[] logits) {
      double largest = logits[largest(logits)];
      double sum = 0;
      for (float logit : logits) {
        sum += Math.exp(logit - largest);
      }
      double offset = largest + Math.log(sum);
      double[] result = new double[logits.length];
      for (int i = 0; i < result.length; i++) {
        result[i] = logits[i] - offset;
      }
      return result;
    }

    private static int largest(float[] logits) {
      int best = 0;
      for (int i = 1; i < logits.length; i++) {
        if (logits[i] > logits[best]) {
          best = i;
        }
      }
      return best;
    }
  }
}
