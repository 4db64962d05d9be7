package io.longcat4j.model;

import io.longcat4j.RankFailedException;
import io.longcat4j.parallel.Ranks;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Follows rank 0 on a thread of its own. Where a rank has failed and that thread does not come back
 * from native code, the caller does, so that its process can end. One thread calls this once.
 */
public final class Following {
  private static final long LOOK_MILLIS = 50;

  private final Ranks ranks;
  private final Duration patience;
  private final Thread thread;
  private volatile @Nullable Throwable thrown;
  private long failedNanos;
  private boolean hasFailed;

  /**
   * Not yet begun.
   *
   * @param ranks of the part
   * @param part closed by the caller, unless it {@linkplain #isStuck is stuck}
   * @param patience how long the thread may take to hear of a failure
   */
  public Following(Ranks ranks, Follower part, Duration patience) {
    this.ranks = ranks;
    this.patience = patience;
    this.thread = new Thread(() -> follow(part), "longcat-rank-" + ranks.rank() + "-follows");
    thread.setDaemon(true);
  }

  private void follow(Follower part) {
    try {
      part.follow();
    } catch (RuntimeException | Error e) {
      thrown = e;
    }
  }

  /**
   * Until rank 0 closes or a rank fails; interruption waits until then.
   *
   * @throws RankFailedException if a rank failed
   */
  public void await() {
    boolean interrupted = false;
    thread.start();
    try {
      while (thread.isAlive()) {
        try {
          TimeUnit.MILLISECONDS.timedJoin(thread, LOOK_MILLIS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
        requireMoving();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    Throwable end = thrown;
    if (end instanceof Error error) {
      throw error;
    }
    if (end instanceof RuntimeException error) {
      throw error;
    }
  }

  private void requireMoving() {
    try {
      ranks.check();
    } catch (RankFailedException e) {
      long now = System.nanoTime();
      failedNanos = hasFailed ? failedNanos : now;
      hasFailed = true;
      if (now - failedNanos > patience.toNanos() && thread.isAlive()) {
        throw e;
      }
    }
  }

  /**
   * Whether the thread still uses what it had, so that nothing of it may be freed.
   *
   * @return true after {@link #await} has left it behind
   */
  public boolean isStuck() {
    return thread.isAlive();
  }
}
