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
    if (isOff()) {
      return;
    }
    int known = Math.min(steps, WINDOW);
    for (int i = 0; i < known; i++) {
      if (recent[i] >= 0 && isFirst(i)) {
        float factor = (float) Math.pow(penalty, count(recent[i], known));
        float logit = logits[recent[i]];
        logits[recent[i]] = logit < 0 ? logit * factor : logit / factor;
      }
    }
  }

  private boolean isFirst(int index) {
    for (int i = 0; i < index; i++) {
      if (recent[i] == recent[index]) {
        return false;
      }
    }
    return true;
  }

  private int count(int id, int known) {
    int count = 0;
    for (int i = 0; i < known; i++) {
      if (recent[i] == id) {
        count++;
      }
    }
    return count;
  }
}
