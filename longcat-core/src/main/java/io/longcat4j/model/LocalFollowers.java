package io.longcat4j.model;

import io.longcat4j.parallel.Ranks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of this process that are the other ranks of a model: each takes in its part and
 * follows rank 0 until that closes. Whatever one of them did not expect ends all ranks.
 */
public final class LocalFollowers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalFollowers.class);
  private static final Duration LEFT_AFTER = Duration.ofSeconds(15);

  private final List<Thread> threads = new ArrayList<>();

  private LocalFollowers() {}

  /** Takes in the part of a rank, on the thread of that rank. */
  @FunctionalInterface
  public interface Loader {
    /**
     * Loads.
     *
     * @param ranks of the rank
     * @return its part, closed by its thread
     */
    Follower load(Ranks ranks);
  }

  /**
   * Starts a thread for each rank.
   *
   * @param ranks all but rank 0; each is closed by its thread
   * @param loader called on each thread
   * @return to be closed after rank 0, which ends the threads
   */
  public static LocalFollowers start(List<Ranks> ranks, Loader loader) {
    LocalFollowers followers = new LocalFollowers();
    for (Ranks own : ranks) {
      Thread thread = new Thread(() -> follow(own, loader), "longcat-rank-" + own.rank());
      thread.setDaemon(true);
      followers.threads.add(thread);
    }
    followers.threads.forEach(Thread::start);
    return followers;
  }

  private static void follow(Ranks own, Loader loader) {
    try (own) {
      try (Follower part = loader.load(own)) {
        part.follow();
      } catch (RuntimeException | Error e) {
        own.abort(e);
      }
    }
  }

  /**
   * Waits for the threads, but not for ever: one that stands still keeps what it owns, and ends by
   * itself once it goes on. Idempotent.
   */
  @Override
  public void close() {
    close(LEFT_AFTER);
  }

  void close(Duration leftAfter) {
    long until = System.nanoTime() + leftAfter.toNanos();
    boolean interrupted = false;
    for (Thread thread : threads) {
      for (long left = leftAfter.toMillis(); thread.isAlive() && left > 0; ) {
        try {
          thread.join(left);
        } catch (InterruptedException e) {
          interrupted = true;
        }
        left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      }
      if (thread.isAlive()) {
        LOG.warn(
            "The thread {} has not ended after {} and is left alone", thread.getName(), leftAfter);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
