package io.longcat4j.decode;

import java.util.Arrays;

/**
 * The presence and frequency penalties: an id that the reply holds {@code n > 0} times loses {@code
 * presence + n * frequency} of its logit. Not thread-safe.
 */
final class CountPenalty {
  private final float presence;
  private final float frequency;
  private int[] counts = {};
  private int[] seen = {};
  private int distinct;

  CountPenalty(double presence, double frequency) {
    this.presence = (float) presence;
    this.frequency = (float) frequency;
  }

  boolean isOff() {
    return presence == 0 && frequency == 0;
  }

  /** Counts an id of the reply; a negative one stands for none. */
  void remember(int id) {
    if (isOff() || id < 0) {
      return;
    }
    if (id >= counts.length) {
      counts = Arrays.copyOf(counts, Math.max(id + 1, 2 * counts.length));
    }
    if (counts[id]++ == 0) {
      if (distinct == seen.length) {
        seen = Arrays.copyOf(seen, 2 * distinct + 16);
      }
      seen[distinct++] = id;
    }
  }

  void apply(float[] logits) {
    for (int i = 0; i < distinct; i++) {
      logits[seen[i]] -= presence + counts[seen[i]] * frequency;
    }
  }
}
