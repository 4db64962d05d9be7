package io.longcat4j.json;

import io.longcat4j.spi.Cancellation;

/**
 * Counts small steps of work, and asks now and then whether it is still wanted. Not thread-safe.
 */
final class Work {
  private static final int STEPS_BETWEEN = 1 << 12;

  private final Cancellation wanted;
  private int steps;

  Work(Cancellation wanted) {
    this.wanted = wanted;
  }

  /** One more step, of some microseconds at most. */
  void step() {
    if ((++steps & (STEPS_BETWEEN - 1)) == 0) {
      wanted.check();
    }
  }

  /** Asks at once, before and after what takes longer. */
  void check() {
    wanted.check();
  }
}
