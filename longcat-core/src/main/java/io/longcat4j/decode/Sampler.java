package io.longcat4j.decode;

import io.longcat4j.Generation;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Chooses text ids: repetition penalty, temperature, softmax, top-k, renormalisation, top-p; greedy
 * where top-k is 1. The same seed and logits give the same ids on every machine. Not thread-safe.
 */
public final class Sampler {
  private final boolean greedy;
  private final double temperature;
  private final int topK;
  private final double topP;
  private final RepetitionPenalty penalty;
  private final SplittableRandom random;
  private long[] order = {};
  private double[] mass = {};

  /**
   * Starts without history.
   *
   * @param generation the options
   */
  public Sampler(Generation generation) {
    this.greedy = generation.topK() == 1;
    this.temperature = generation.temperature();
    this.topK = generation.topK();
    this.topP = generation.topP();
    this.penalty = new RepetitionPenalty(greedy ? 1.0 : generation.repetitionPenalty());
    this.random =
        generation.seed().isPresent()
            ? new SplittableRandom(generation.seed().getAsLong())
            : new SplittableRandom();
  }

  /**
   * Chooses the next id.
   *
   * @param logits of the whole vocabulary; changed by the penalty
   * @return an index into them
   */
  public int sample(float[] logits) {
    int best = Greedy.pick(logits);
    if (greedy) {
      return best;
    }
    penalty.apply(logits);
    return draw(logits);
  }

  /**
   * Remembers a step for the penalty.
   *
   * @param id what was chosen, or a negative number where the step had no text
   */
  public void remember(int id) {
    penalty.remember(id);
  }

  private int draw(float[] logits) {
    sortDescending(logits);
    int kept = topK == 0 ? logits.length : Math.min(topK, logits.length);
    mass = mass.length < kept ? new double[kept] : mass;
    double highest = logits[id(order[0])] / temperature;
    double total = 0;
    for (int i = 0; i < kept; i++) {
      mass[i] = Math.exp(logits[id(order[i])] / temperature - highest);
      total += mass[i];
    }
    double nucleus = 0;
    int end = 0;
    while (end < kept && (end == 0 || nucleus < topP * total)) {
      nucleus += mass[end++];
    }
    double point = random.nextDouble() * nucleus;
    for (int i = 0; i < end; i++) {
      point -= mass[i];
      if (point < 0) {
        return id(order[i]);
      }
    }
    return id(order[end - 1]);
  }

  /** Fills the order with keys by falling logit, then by rising id; the low half is the id. */
  private void sortDescending(float[] logits) {
    order = order.length < logits.length ? new long[logits.length] : order;
    for (int id = 0; id < logits.length; id++) {
      int bits = Float.floatToIntBits(logits[id]);
      int rising = bits < 0 ? ~bits : bits | Integer.MIN_VALUE;
      order[id] = ((long) (~rising ^ Integer.MIN_VALUE) << 32) | id;
    }
    Arrays.sort(order, 0, logits.length);
  }

  private static int id(long key) {
    return (int) key;
  }
}
