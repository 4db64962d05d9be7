package io.longcat4j.parallel;

/** How far this rank has come in collectives. Written by its driving thread, read by any. */
final class Progress {
  private volatile long rounds;
  private volatile long waitingSince;
  private volatile boolean isWaiting;

  // One thread writes.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  void come() {
    waitingSince = System.nanoTime();
    isWaiting = true;
    rounds++;
  }

  void go() {
    isWaiting = false;
  }

  long rounds() {
    return rounds;
  }

  /** For how long it has waited in the last round, or 0. */
  long waitingNanos() {
    long since = waitingSince;
    return isWaiting ? Math.max(0, System.nanoTime() - since) : 0;
  }
}
