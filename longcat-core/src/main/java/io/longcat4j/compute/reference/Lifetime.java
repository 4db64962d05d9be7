package io.longcat4j.compute.reference;

import io.longcat4j.BackendException;
import org.jspecify.annotations.Nullable;

/** Whether something may still be used. Thread-safe. */
final class Lifetime {
  private final String what;
  private final @Nullable Lifetime owner;
  private volatile boolean ended;

  Lifetime(String what, @Nullable Lifetime owner) {
    this.what = what;
    this.owner = owner;
  }

  void requireAlive() {
    if (ended) {
      throw new BackendException("the " + what + " was used after it was closed");
    }
    if (owner != null) {
      owner.requireAlive();
    }
  }

  void end() {
    ended = true;
  }
}
