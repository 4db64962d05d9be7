package io.longcat4j.cli.verify;

/** Numbers before the softmax. */
final class Logits {
  private Logits() {}

  /** Index of the largest; NaN never is, so that a damaged checkpoint is compared to its end. */
  static int largest(float[] logits) {
    int best = 0;
    for (int id = 1; id < logits.length; id++) {
      best = logits[id] > logits[best] ? id : best;
    }
    return best;
  }
}
