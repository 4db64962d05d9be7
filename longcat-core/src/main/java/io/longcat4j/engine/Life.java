package io.longcat4j.engine;

import io.longcat4j.DeadlineExceededException;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.spi.Cancellation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Whether the engine is open. Requests hold it open while they run; closing asks them to stop and
 * waits until the last has left, so that nothing is freed under a request.
 */
final class Life {
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private volatile boolean closing;
  private boolean closed;

  /** Begins a request; {@link #leave} must follow. */
  void enter() {
    lock.readLock().lock();
    if (closing) {
      lock.readLock().unlock();
      throw closedError();
    }
  }

  void leave() {
    lock.readLock().unlock();
  }

  /** Asked by running requests before every piece of work. */
  void check() {
    if (closing) {
      throw closedError();
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new GenerationCancelledException("The generating thread was interrupted");
    }
  }

  /**
   * Whether a request that begins now is still wanted.
   *
   * @param timeout how long it may take; empty is without end
   */
  Cancellation wanted(Optional<Duration> timeout) {
    long start = System.nanoTime();
    long nanos = timeout.map(Life::nanos).orElse(Long.MAX_VALUE);
    return () -> {
      check();
      if (System.nanoTime() - start >= nanos) {
        throw new DeadlineExceededException(
            "The request was not ready after "
                + timeout.orElseThrow()
                + " of reading what it brings; give it more time, or send smaller files or schemas");
      }
    };
  }

  private static long nanos(Duration timeout) {
    try {
      return timeout.toNanos();
    } catch (ArithmeticException longerThanAnyRequest) {
      return Long.MAX_VALUE;
    }
  }

  /** Nothing begins from now on. */
  void beginClosing() {
    closing = true;
  }

  boolean isClosing() {
    return closing;
  }

  /** Runs {@code stop}, which ends requests, then {@code free} once all of them have left. */
  void close(Runnable stop, Runnable free) {
    closing = true;
    stop.run();
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        free.run();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private static GenerationCancelledException closedError() {
    return new GenerationCancelledException("The LongCat was closed; build a new one");
  }
}
