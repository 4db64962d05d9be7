package io.longcat4j.download;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Has what was written into a file brought to the disk while more of it comes, so that the disk
 * does not rest until all has come, and the end does not wait for all of it. One piece is on its
 * way at a time. Not thread-safe.
 */
final class WriteBack {
  static final long EVERY = 64L << 20;

  private final Executor threads;
  private final Force force;
  private @Nullable FutureTask<@Nullable Void> running;
  private long waiting;

  /** Brings a file to the disk. */
  @FunctionalInterface
  interface Force {
    /** Does it; a failure is told once, and stands for all that was written before. */
    void force() throws IOException;
  }

  WriteBack(Executor threads, Force force) {
    this.threads = threads;
    this.force = force;
  }

  /**
   * Counts what was written, and begins when it is enough.
   *
   * @throws IOException if what was written earlier cannot be brought there
   */
  void wrote(int bytes) throws IOException, InterruptedException {
    waiting += bytes;
    if (waiting >= EVERY) {
      finish();
      waiting = 0;
      Callable<@Nullable Void> piece =
          () -> {
            force.force();
            return null;
          };
      FutureTask<@Nullable Void> next = new FutureTask<>(piece);
      running = next;
      threads.execute(next);
    }
  }

  /**
   * Waits for what is on its way.
   *
   * @throws IOException if it cannot be brought there
   */
  void finish() throws IOException, InterruptedException {
    FutureTask<@Nullable Void> last = running;
    running = null;
    if (last == null) {
      return;
    }
    try {
      last.get();
    } catch (ExecutionException e) {
      throw new IOException("what was written did not reach the disk", e.getCause());
    }
  }
}
