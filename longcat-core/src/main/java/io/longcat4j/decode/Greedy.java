package io.longcat4j.decode;

import io.longcat4j.BackendException;
import io.longcat4j.tensor.Largest;

/** The largest logit wins, the lower id where two are equal. */
final class Greedy {
  private Greedy() {}

  static int pick(float[] logits) {
    return checked(Largest.of(logits));
  }

  /** What {@link Largest} says, if it is an id. */
  static int checked(int best) {
    if (best < 0) {
      throw notANumber(-1 - best);
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
