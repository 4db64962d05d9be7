package io.longcat4j.decode;

import io.longcat4j.Generation;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Draws an id by its probability at a temperature, among the most probable ones: top-k, then top-p
 * of what is left, then min-p. Sorts few ids more than it needs. Not thread-safe.
 */
final class TruncatedDraw {
  private final double temperature;
  private final int topK;
  private final double topP;
  private final double minP;
  private final Candidates candidates;
  private final SplittableRandom random;
  private final Masses all = new Masses();
  private @Nullable RankedMasses ranked;
  private int[] ids = {};
  private double[] masses = {};
  private int taken;

  TruncatedDraw(Generation generation, Candidates candidates) {
    this.temperature = generation.temperature();
    this.topK = generation.topK();
    this.topP = generation.topP();
    this.minP = generation.minP();
    this.candidates = candidates;
    this.random =
        generation.seed().isPresent()
            ? new SplittableRandom(generation.seed().getAsLong())
            : new SplittableRandom();
  }

  /**
   * Draws.
   *
   * @param logits negative infinity for ids that are ruled out
   * @param likeliest the id with the largest logit
   */
  int from(float[] logits, int likeliest) {
    float highest = logits[likeliest];
    if (Float.isInfinite(highest)) {
      return likeliest;
    }
    if (topK > 0) {
      return fromBest(logits, highest);
    }
    if (topP == 1 && minP == 0) {
      all.fill(logits, highest, temperature);
      return all.at(random.nextDouble() * all.total());
    }
    return fromNucleus(logits, highest);
  }

  private int fromNucleus(float[] logits, float highest) {
    if (ranked == null) {
      ranked = new RankedMasses(candidates);
    }
    ranked.fill(logits, highest, temperature, minP);
    double nucleus = ranked.keep(topP == 1 ? Double.POSITIVE_INFINITY : topP * ranked.total());
    return ranked.at(random.nextDouble() * nucleus);
  }

  private int fromBest(float[] logits, float highest) {
    candidates.fill(logits, topK);
    taken = 0;
    int limit = Math.min(topK, candidates.size());
    double enough =
        topP == 1 ? Double.POSITIVE_INFINITY : topP * totalOfBest(logits, highest, limit);
    double nucleus = 0;
    int end = 0;
    while (end < limit && nucleus < enough) {
      takeUpTo(end, logits, highest);
      if (masses[end] < minP || masses[end] == 0) {
        break;
      }
      nucleus += masses[end++];
    }
    double point = random.nextDouble() * nucleus;
    for (int i = 0; i < end; i++) {
      point -= masses[i];
      if (point < 0) {
        return ids[i];
      }
    }
    return ids[end - 1];
  }

  /** Masses are relative to the likeliest id, whose mass is 1. */
  private double mass(float logit, float highest) {
    return Exponential.ofNegative(((double) logit - highest) / temperature);
  }

  private double totalOfBest(float[] logits, float highest, int count) {
    double total = 0;
    for (int i = 0; i < count; i++) {
      takeUpTo(i, logits, highest);
      total += masses[i];
    }
    return total;
  }

  private void takeUpTo(int index, float[] logits, float highest) {
    if (index < taken) {
      return;
    }
    if (index == ids.length) {
      ids = Arrays.copyOf(ids, 2 * index + 64);
      masses = Arrays.copyOf(masses, ids.length);
    }
    ids[index] = candidates.poll();
    masses[index] = mass(logits[ids[index]], highest);
    taken = index + 1;
  }
}
