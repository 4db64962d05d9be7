package io.longcat4j.decode;

import io.longcat4j.BackendException;

/** The largest logit wins, the lower id where two are equal. */
final class Greedy {
  private Greedy() {}

  static int pick(float[] logits) {
    int best = -1;
    float bestLogit = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < logits.length; id++) {
      if (Float.isNaN(logits[id])) {
        throw new BackendException(
            "The model computed NaN for id "
                + id
                + "; the checkpoint is damaged or was quantised badly, compare it with"
                + " 'longcat verify'");
      }
      if (best < 0 || logits[id] > bestLogit) {
        best = id;
        bestLogit = logits[id];
      }
    }
    return best;
  }
}
