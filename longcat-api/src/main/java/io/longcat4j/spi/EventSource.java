package io.longcat4j.spi;

import org.jspecify.annotations.Nullable;

/**
 * Where the events of one reply, or of one session, come from. Thread-safe, but events are for one
 * reader: two that poll at once would each get some.
 *
 * @param <E> {@link io.longcat4j.Event} or {@link io.longcat4j.SessionEvent}
 */
public interface EventSource<E> extends AutoCloseable {
  /**
   * The next event; never waits. {@link io.longcat4j.Done} or {@link io.longcat4j.SessionClosed} is
   * the last one, and nothing is to be polled after it.
   *
   * @return the event, or null if there is none yet
   * @throws io.longcat4j.LongCatException if the reply has failed or the source was closed; again
   *     at every further call
   */
  @Nullable E poll();

  /**
   * Asks to be told when {@link #poll} may have something to say: an event or a failure.
   *
   * @param listener takes the place of the one before; called from any thread, also when there is
   *     nothing after all; must neither block nor throw
   */
  void onAvailable(Runnable listener);

  /**
   * Called by a reader that is about to wait for more.
   *
   * @throws IllegalStateException on a thread that this reply would wait for
   */
  default void beforeWaiting() {}

  /** Cancels the reply, text and sound; idempotent, throws nothing, does not wait. */
  @Override
  void close();
}
