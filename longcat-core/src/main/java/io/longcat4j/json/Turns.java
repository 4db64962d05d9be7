package io.longcat4j.json;

import io.longcat4j.spi.Cancellation;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Lets one thread at a time do a piece of work that others can use too. Who waits can give up at
 * any time. Thread-safe.
 */
final class Turns {
  private static final long ASKED_MILLIS = 20;

  private final ReentrantLock lock = new ReentrantLock();

  /** Does work when no other thread does; asks meanwhile whether it is still wanted. */
  <T> T take(Cancellation wanted, Supplier<T> work) {
    while (!tryLock()) {
      wanted.check();
    }
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  /** An interruption is left for whoever asks for it. */
  private boolean tryLock() {
    try {
      return lock.tryLock(ASKED_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return lock.tryLock();
    }
  }
}
