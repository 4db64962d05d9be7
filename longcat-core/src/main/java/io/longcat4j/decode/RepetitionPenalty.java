package io.longcat4j.decode;

/**
 * Makes ids of the last steps less likely: an id that occurred {@code n} times has negative logits
 * multiplied, others divided, by {@code penalty^n}. Not thread-safe.
 */
final class RepetitionPenalty {
  /** Steps that are remembered, as in the published decoder. */
  static final int WINDOW = 30;

  private final double penalty;
  private final int[] recent = new int[WINDOW];
  private int steps;

  RepetitionPenalty(double penalty) {
    this.penalty = penalty;
  }

  boolean isOff() {
    return penalty == 1.0;
  }

  /** Remembers a step; a negative id takes a place in the window and has no effect. */
  void remember(int id) {
    recent[steps % WINDOW] = id;
    steps++;
  }

  void apply(float[] logits) {
    for (int i = 0; i < known(); i++) {
      if (recent[i] >= 0 && isFirst(i)) {
        logits[recent[i]] = (float) penalised(logits[recent[i]], count(recent[i]));
      }
    }
  }

  /** The same where F32 overflows. */
  void apply(double[] logits) {
    for (int i = 0; i < known(); i++) {
      if (recent[i] >= 0 && isFirst(i)) {
        double penalised = penalised(logits[recent[i]], count(recent[i]));
        logits[recent[i]] = ExactLogits.bounded(penalised);
      }
    }
  }

  /** The factor is that of F32 where it has one. */
  private double penalised(double logit, int count) {
    double power = Math.pow(penalty, count);
    double factor = power > Float.MAX_VALUE ? ExactLogits.bounded(power) : (float) power;
    return logit < 0 ? logit * factor : logit / factor;
  }

  private int known() {
    return isOff() ? 0 : Math.min(steps, WINDOW);
  }

  private boolean isFirst(int index) {
    for (int i = 0; i < index; i++) {
      if (recent[i] == recent[index]) {
        return false;
      }
    }
    return true;
  }

  private int count(int id) {
    int count = 0;
    for (int i = 0; i < known(); i++) {
      if (recent[i] == id) {
        count++;
      }
    }
    return count;
  }
}
