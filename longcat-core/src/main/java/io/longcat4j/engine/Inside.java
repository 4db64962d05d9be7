package io.longcat4j.engine;

import org.jspecify.annotations.Nullable;

/**
 * Knows when a thread is where it must not wait for its own engine: in a call to the application's
 * listener, or in one to a subscriber on a thread that makes replies. One for each engine.
 * Thread-safe.
 */
final class Inside {
  private static final String LISTENER = "an EngineListener";
  private static final String OWN_THREAD = "a thread of the LongCat, as subscribers are on";

  private final ThreadLocal<@Nullable String> place = new ThreadLocal<>();

  /** Calls the application's listener. */
  void listener(Runnable call) {
    run(LISTENER, call);
  }

  /** Runs what makes replies. */
  void ownThread(Runnable work) {
    run(OWN_THREAD, work);
  }

  private void run(String where, Runnable call) {
    String before = place.get();
    place.set(where);
    try {
      call.run();
    } finally {
      if (before == null) {
        place.remove();
      } else {
        place.set(before);
      }
    }
  }

  /** Whether this thread makes replies; it then runs a subscriber, or a listener. */
  boolean isOnOwnThread() {
    return OWN_THREAD.equals(place.get());
  }

  /** Refuses what might wait for this very thread. */
  void requireOutside() {
    String where = place.get();
    if (where != null) {
      throw new IllegalStateException(
          "The LongCat was called from "
              + where
              + ", which it would wait for; hand the work to a thread of your own, such as with"
              + " publisher(executor) or CompletableFuture.runAsync");
    }
  }

  /** Refuses what even a thread that makes replies may do, but not a listener. */
  void requireOutsideListener() {
    if (!isOnOwnThread()) {
      requireOutside();
    }
  }
}
