package io.longcat4j.server.http;

import io.longcat4j.GenerationCancelledException;
import io.longcat4j.ReplyStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request to the model, which another thread may cancel at any time: while media are read and
 * encoded by interrupting its thread, later by closing its stream. Thread-safe.
 */
public final class Work {
  private final Runnable answered;
  private @Nullable Thread preparing;
  private @Nullable ReplyStream stream;
  private boolean cancelled;

  /**
   * Begins a request.
   *
   * @param answered told when the model is no longer needed, before the client has the last of it
   */
  public Work(Runnable answered) {
    this.answered = answered;
  }

  /** Begins a request whose end nobody waits for. */
  public Work() {
    this(() -> {});
  }

  /** Says that the model is no longer needed. */
  void answered() {
    answered.run();
  }

  /**
   * Asks the model.
   *
   * @param opening begins the reply
   * @return the reply; close it
   * @throws GenerationCancelledException if this was cancelled
   */
  public ReplyStream open(Supplier<ReplyStream> opening) {
    synchronized (this) {
      requireWanted();
      preparing = Thread.currentThread();
    }
    ReplyStream opened;
    try {
      opened = opening.get();
    } finally {
      synchronized (this) {
        preparing = null;
        if (cancelled) {
          Thread.interrupted();
        }
      }
    }
    synchronized (this) {
      stream = opened;
      if (cancelled) {
        opened.close();
      }
    }
    return opened;
  }

  /** Ends the request; idempotent, does not wait. */
  public synchronized void cancel() {
    cancelled = true;
    if (preparing != null) {
      preparing.interrupt();
    }
    if (stream != null) {
      stream.close();
    }
  }

  private void requireWanted() {
    if (cancelled) {
      throw new GenerationCancelledException("The request was given up before it was asked");
    }
  }
}
