package io.longcat4j.parallel;

import io.longcat4j.RankFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Whether all ranks are well, as far as this rank or this process knows; the first failure is the
 * one that counts. Thread-safe.
 */
final class Health {
  private static final String REMEDY =
      "; every request that ran has ended: close the model and build it again, or start the ranks"
          + " again if they are processes";

  private static final long LOOK_NANOS = 1_000_000;

  private final List<Runnable> listeners = new ArrayList<>();
  private volatile @Nullable RankFailedException failure;

  /** Throws what the first failure was, if there was one. */
  void check() {
    RankFailedException first = failure;
    if (first != null) {
      // A new one for each thread that is told, with its own stack.
      throw new RankFailedException(first.rank(), first.host(), message(first), first);
    }
  }

  private static String message(RankFailedException failure) {
    return String.valueOf(failure.getMessage());
  }

  boolean isWell() {
    return failure == null;
  }

  @Nullable RankFailedException failure() {
    return failure;
  }

  /**
   * A rank failed.
   *
   * @param reason goes on after "rank 1 on host: "
   * @return whether it is the first failure
   */
  boolean fail(int rank, String host, String reason, @Nullable Throwable cause) {
    String where = host.isEmpty() ? "" : " on " + host;
    String message = "rank " + rank + where + ": " + reason + REMEDY;
    return fail(new RankFailedException(rank, host, message, cause));
  }

  boolean fail(RankFailedException first) {
    List<Runnable> told;
    synchronized (listeners) {
      if (failure != null) {
        return false;
      }
      failure = first;
      told = List.copyOf(listeners);
    }
    told.forEach(Runnable::run);
    return true;
  }

  /** Waits a while for somebody who knows better to tell of a failure. */
  void awaitNews(long nanos) {
    long until = System.nanoTime() + nanos;
    while (isWell() && System.nanoTime() - until < 0) {
      LockSupport.parkNanos(this, LOOK_NANOS);
    }
  }

  /** Has something done at the first failure, or at once if that was before. */
  void onFailure(Runnable listener) {
    synchronized (listeners) {
      if (failure == null) {
        listeners.add(listener);
        return;
      }
    }
    listener.run();
  }
}
