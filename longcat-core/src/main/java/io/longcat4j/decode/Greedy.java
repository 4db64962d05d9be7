package io.longcat4j.decode;

import io.longcat4j.BackendException;

/** The largest logit wins, the lower id where two are equal. */
final class Greedy {
  private Greedy() {}

  static int pick(float[] logits) {
    int best = largest(logits);
    if (best < 0) {
      throw notANumber(-1 - best);
    }
    return best;
  }

  /** The id of the largest logit, or {@code -1 - id} for the first that is not a number. */
  static int largest(float[] logits) {
    int best = 0;
    float largest = logits[0];
    for (int id = 0; id < logits.length; id++) {
      // One comparison for both: NaN is not at most anything.
      if (!(logits[id] <= largest)) {
        if (Float.isNaN(logits[id])) {
          return -1 - id;
        }
        best = id;
        largest = logits[id];
      }
    }
    return best;
  }

  private static BackendException notANumber(int id) {
    return new BackendException(
        "The model computed NaN for id "
            + id
            + "; the checkpoint is damaged or was quantised badly, compare it with"
            + " 'longcat verify'");
  }
}
