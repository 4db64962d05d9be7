package io.longcat4j.server.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of requests that may be in memory at once, so that many large ones, each within its bound,
 * do not take all of it. Thread-safe.
 */
public final class Budget {
  /** A body is there as bytes, as text and decoded, with copies where it is handed on. */
  private static final int COPIES = 8;

  private final AtomicLong left;

  /**
   * Opens a budget.
   *
   * @param bytes at once
   */
  public Budget(long bytes) {
    this.left = new AtomicLong(bytes);
  }

  /**
   * What this JVM's heap allows.
   *
   * @return a part of it in bytes
   */
  public static long ofHeap() {
    return Runtime.getRuntime().maxMemory() / COPIES;
  }

  boolean tryTake(long bytes) {
    long before = left.get();
    while (before >= bytes) {
      if (left.compareAndSet(before, before - bytes)) {
        return true;
      }
      before = left.get();
    }
    return false;
  }

  void giveBack(long bytes) {
    left.addAndGet(bytes);
  }
}
