package io.longcat4j.decode;

import io.longcat4j.BackendException;

/** The largest logit wins, the lower id where two are equal. */
final class Greedy {
  private Greedy() {}

  static int pick(float[] logits) {
    int best = 0;
    float largest = logits[0];
    for (int id = 0; id < logits.length; id++) {
      // One comparison for both: NaN is not at most anything.
      if (!(logits[id] <= largest)) {
        requireNumber(logits[id], id);
        best = id;
        largest = logits[id];
      }
    }
    return best;
  }

  private static void requireNumber(float logit, int id) {
    if (Float.isNaN(logit)) {
      throw new BackendException(
          "The model computed NaN for id "
              + id
              + "; the checkpoint is damaged or was quantised badly, compare it with"
              + " 'longcat verify'");
    }
  }
}
