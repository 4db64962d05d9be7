package io.longcat4j.benchmarks;

import java.util.concurrent.locks.LockSupport;

/**
 * How fast time goes for who speaks.
 *
 * @param speed 1 is that of the clock
 */
record Pace(double speed) {
  static final Pace REAL = new Pace(1);

  /** How long something takes by the clock. */
  long nanos(double seconds) {
    return Math.round(seconds * 1e9 / speed);
  }

  /** Waits for a moment. */
  static void awaitNanoTime(long moment) {
    for (long left = moment - System.nanoTime();
        left > 0 && !Thread.currentThread().isInterrupted();
        left = moment - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
