package io.longcat4j.schedule;

import io.longcat4j.EngineBusyException;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Where other threads leave requests and wake the scheduler's thread. Thread-safe. */
final class Inbox {
  private final int queueLimit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<RunningRequest> arrived = new ArrayDeque<>();
  private int waiting;
  private boolean signalled;
  private boolean closed;

  /** Why nobody is let in any more; null where somebody has closed it. */
  private @Nullable LongCatException reason;

  Inbox(int queueLimit) {
    this.queueLimit = queueLimit;
  }

  void put(RunningRequest request) {
    lock.lock();
    try {
      if (closed) {
        throw reason == null ? closedError() : reason;
      }
      if (waiting >= queueLimit) {
        throw new EngineBusyException(
            waiting
                + " requests wait already, which is the limit; send this one again later, or raise"
                + " queueLimit");
      }
      waiting++;
      arrived.add(request);
      signal();
    } finally {
      lock.unlock();
    }
  }

  /** Moves what has arrived; the driver's thread alone. */
  void drainTo(List<RunningRequest> into) {
    lock.lock();
    try {
      signalled = false;
      into.addAll(arrived);
      arrived.clear();
    } finally {
      lock.unlock();
    }
  }

  /** A request waits no longer: it takes part, or it has ended. */
  void leftQueue() {
    lock.lock();
    try {
      waiting--;
    } finally {
      lock.unlock();
    }
  }

  int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  void wake() {
    lock.lock();
    try {
      signal();
    } finally {
      lock.unlock();
    }
  }

  private void signal() {
    signalled = true;
    changed.signalAll();
  }

  /** Waits until somebody signals, or for so long. */
  void await(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (!signalled && !closed && left > 0) {
        left = changed.awaitNanos(Math.min(left, TimeUnit.DAYS.toNanos(1)));
      }
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      signal();
    } finally {
      lock.unlock();
    }
  }

  /** Lets nobody in any more, for a reason that all are told; the first one counts. */
  void close(LongCatException why) {
    lock.lock();
    try {
      if (!closed) {
        reason = why;
      }
      close();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  static GenerationCancelledException closedError() {
    return new GenerationCancelledException("The LongCat was closed; build a new one");
  }
}
