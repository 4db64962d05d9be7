package io.longcat4j.download;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Has what was written into a file brought to the disk while more of it comes, so that the disk
 * does not rest until all has come, and the end does not wait for much. One piece is on its way at
 * a time, and the next holds all that came meanwhile: whoever writes waits only when that is far
 * more than a piece. Not thread-safe.
 */
final class WriteBack {
  /** What a piece is worth; a smaller one costs the disk more than it brings. */
  static final long EVERY = 16L << 20;

  /** What may wait behind a piece: pages of the system's memory, of each file that is written. */
  static final long MOST = 4 * EVERY;

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
   * Counts what was written, and begins when it is enough and the piece before is there.
   *
   * @throws IOException if what was written earlier cannot be brought there
   */
  void wrote(int bytes) throws IOException, InterruptedException {
    waiting += bytes;
    if (waiting >= MOST || (waiting >= EVERY && isIdle())) {
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

  private boolean isIdle() {
    return running == null || running.isDone();
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
