package io.longcat4j.decode;

import java.util.Arrays;

/**
 * Probabilities at a temperature, relative to the likeliest id, whose mass is 1, in the order of
 * falling logits, the lower id first where two are equal. Ids are put into groups of neighbouring
 * logits in one pass; only the group that a nucleus ends in and the one that a draw falls into are
 * ordered. Keeps its memory from step to step. Not thread-safe.
 */
final class RankedMasses {
  private static final int GROUPS = 8192;

  /** Ids whose logits are further below the likeliest, by the temperature, are the last group. */
  private static final double RANGE = 48;

  private static final short NOT_KEPT = -1;

  private final Candidates candidates;
  private final double[] sums = new double[GROUPS];
  private final int[] counts = new int[GROUPS];
  private double[] masses = {};
  private short[] groups = {};
  private float[] logits = {};
  private double total;
  private int lastGroup;
  private int lastCount;

  RankedMasses(Candidates candidates) {
    this.candidates = candidates;
  }

  /**
   * Takes the logits of a step.
   *
   * @param newLogits negative infinity for ids that are ruled out; not to be changed until the draw
   * @param highest the largest of them, finite
   * @param temperature above 0
   * @param least mass below which an id is left out, at most 1
   */
  void fill(float[] newLogits, float highest, double temperature, double least) {
    logits = newLogits;
    if (masses.length < logits.length) {
      masses = new double[logits.length];
      groups = new short[logits.length];
    }
    Arrays.fill(sums, 0);
    Arrays.fill(counts, 0);
    total = 0;
    for (int id = 0; id < logits.length; id++) {
      double x = ((double) logits[id] - highest) / temperature;
      double mass = Exponential.ofNegative(x);
      masses[id] = mass;
      total += mass;
      groups[id] = mass >= least && mass > 0 ? group(x) : NOT_KEPT;
      if (groups[id] != NOT_KEPT) {
        sums[groups[id]] += mass;
        counts[groups[id]]++;
      }
    }
  }

  private static short group(double x) {
    return (short) Math.min((int) (-x * (GROUPS / RANGE)), GROUPS - 1);
  }

  /** Of all ids, those that were left out too. */
  double total() {
    return total;
  }

  /**
   * Keeps the likeliest ids until their masses reach a number.
   *
   * @param enough above 0, or infinity for all ids
   * @return the masses of the ids that are kept, at least one
   */
  double keep(double enough) {
    double kept = 0;
    for (int group = 0; group < GROUPS && kept < enough; group++) {
      if (counts[group] == 0) {
        continue;
      }
      lastGroup = group;
      lastCount = counts[group];
      if (kept + sums[group] < enough) {
        kept += sums[group];
        continue;
      }
      order(group);
      int count = 0;
      while (count < counts[group] && kept < enough) {
        kept += masses[candidates.poll()];
        count++;
      }
      lastCount = count;
    }
    return kept;
  }

  /** The id at which the masses of the ids before it and its own exceed a number. */
  int at(double point) {
    double rest = point;
    int last = 0;
    for (int group = 0; group <= lastGroup; group++) {
      if (counts[group] == 0 || (group < lastGroup && rest >= sums[group])) {
        rest -= sums[group];
        continue;
      }
      order(group);
      int count = group == lastGroup ? lastCount : counts[group];
      for (int i = 0; i < count; i++) {
        last = candidates.poll();
        rest -= masses[last];
        if (rest < 0) {
          return last;
        }
      }
    }
    return last;
  }

  private void order(int group) {
    candidates.clear();
    for (int id = 0; candidates.size() < counts[group]; id++) {
      if (groups[id] == group) {
        candidates.add(logits[id], id);
      }
    }
    candidates.order();
  }
}
