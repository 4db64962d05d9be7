package io.longcat4j.schedule;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Does pieces of work that have nothing to do with each other side by side, on the thread that asks
 * and on a few of its own, which end when there has been nothing to do for a moment. Used by one
 * thread at a time.
 */
final class Choosers {
  private static final long IDLE_MILLIS = 200;

  private final ThreadPoolExecutor helpers;
  private final int threads;

  /** So many threads at most, with the one that asks. */
  Choosers(int threads) {
    this.threads = threads;
    this.helpers =
        new ThreadPoolExecutor(
            Math.max(1, threads - 1),
            Math.max(1, threads - 1),
            IDLE_MILLIS,
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "longcat-choose");
              thread.setDaemon(true);
              return thread;
            });
    helpers.allowCoreThreadTimeOut(true);
  }

  /**
   * Calls the work for every index below a number and returns when all is done, interrupted or not.
   *
   * @param count how many pieces
   * @param work does a piece; must not throw
   */
  void each(int count, IntConsumer work) {
    if (threads == 1) {
      for (int i = 0; i < count; i++) {
        work.accept(i);
      }
      return;
    }
    AtomicInteger next = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(count);
    Runnable some =
        () -> {
          for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            try {
              work.accept(i);
            } finally {
              done.countDown();
            }
          }
        };
    for (int i = 1; i < Math.min(threads, count); i++) {
      try {
        helpers.execute(some);
      } catch (RejectedExecutionException | OutOfMemoryError e) {
        break; // No thread can be had: this one does it alone.
      }
    }
    some.run();
    await(done);
  }

  private static void await(CountDownLatch done) {
    boolean interrupted = false;
    while (true) {
      try {
        done.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
