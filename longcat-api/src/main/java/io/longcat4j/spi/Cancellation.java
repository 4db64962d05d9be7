package io.longcat4j.spi;

import io.longcat4j.GenerationCancelledException;

/**
 * Tells work on what a user has sent, such as decoding a picture, whether it is still wanted. Who
 * does such work asks at least ten times a second. Thread-safe.
 */
@FunctionalInterface
public interface Cancellation {
  /** Work that ends when its thread is interrupted, and else not. */
  Cancellation BY_INTERRUPTION =
      () -> {
        if (Thread.currentThread().isInterrupted()) {
          throw new GenerationCancelledException("The generating thread was interrupted");
        }
      };

  /**
   * Returns if the work is still wanted; to be called on the thread that asked for it.
   *
   * @throws GenerationCancelledException if that thread has been interrupted or the engine closed
   * @throws io.longcat4j.DeadlineExceededException if the request has run out of time
   */
  void check();
}
