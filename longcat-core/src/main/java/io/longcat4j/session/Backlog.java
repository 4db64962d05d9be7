package io.longcat4j.session;

import io.longcat4j.GenerationCancelledException;

/** Sound that was written and not yet taken in: who writes more than is good waits. Thread-safe. */
final class Backlog {
  private final long most;
  private long samples;
  private boolean closed;

  /**
   * Nothing waits.
   *
   * @param most samples that may
   */
  Backlog(long most) {
    this.most = most;
  }

  /** Waits until there is room; what is longer than all room comes alone. */
  synchronized void enter(int count) {
    while (!closed && samples > 0 && samples + count > most) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new GenerationCancelledException(
            "The thread was interrupted while sound waited to be heard; this piece was not heard",
            e);
      }
    }
    if (closed) {
      throw closed();
    }
    samples += count;
  }

  /** More waits elsewhere now; never blocks. */
  synchronized void add(int count) {
    samples += count;
  }

  synchronized void leave(int count) {
    samples -= count;
    notifyAll();
  }

  synchronized void close() {
    closed = true;
    notifyAll();
  }

  static GenerationCancelledException closed() {
    return new GenerationCancelledException("The session was closed; begin another");
  }
}
