package io.longcat4j.parallel;

import java.util.concurrent.atomic.AtomicLong;

/** Counts what collectives cost; written by one thread, read by any. */
final class Tally {
  private final AtomicLong collectives = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong waitingNanos = new AtomicLong();

  void collective(long size, long time) {
    add(bytes, size);
    add(nanos, time);
    add(collectives, 1);
  }

  void waited(long time) {
    add(waitingNanos, time);
  }

  /** One thread writes, so that nothing need be locked. */
  private static void add(AtomicLong sum, long more) {
    sum.setRelease(sum.getPlain() + more);
  }

  Figures figures() {
    return new Figures(
        collectives.getAcquire(),
        bytes.getAcquire(),
        nanos.getAcquire(),
        waitingNanos.getAcquire());
  }
}
