package io.longcat4j.parallel;

/** How far this rank has come in collectives. Written by its driving thread, read by any. */
final class Progress {
  private volatile long rounds;
  private volatile long waitingSince;
  private volatile boolean isWaiting;
  private volatile long grace;

  // One thread writes.
  /**
   * This rank waits for the others.
   *
   * @param graceNanos that do not count, since others still start
   */
  @SuppressWarnings("NonAtomicVolatileUpdate")
  void come(long graceNanos) {
    waitingSince = System.nanoTime() + graceNanos;
    grace = graceNanos;
    isWaiting = true;
    rounds++;
  }

  void go() {
    isWaiting = false;
  }

  long rounds() {
    return rounds;
  }

  /** What of the last round did not count. */
  long graceNanos() {
    return grace;
  }

  /** For how long it has waited in the last round, or 0. */
  long waitingNanos() {
    long since = waitingSince;
    return isWaiting ? Math.max(0, System.nanoTime() - since) : 0;
  }
}
