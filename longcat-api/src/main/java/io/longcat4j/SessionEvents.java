package io.longcat4j;

import io.longcat4j.spi.EventSource;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The events of a {@link Session}, read once: by {@link #iterator() iterating} or by one subscriber
 * of {@link #publisher()}. A second reader is refused with an {@link IllegalStateException}.
 *
 * <p>What happens and is not yet read is bounded: words that wait grow together, when some seconds
 * of sound wait the model leaves the reply alone, and where a thousand events wait the oldest are
 * dropped, which {@link SessionStatistics#eventsDropped()} tells. The session goes on listening
 * meanwhile, and other sessions do not notice.
 */
public final class SessionEvents implements Iterable<SessionEvent>, AutoCloseable {
  private final EventSource<SessionEvent> source;
  private final AtomicBoolean claimed = new AtomicBoolean();

  /**
   * Wraps the events of a session; called by engines.
   *
   * @param source from now on its own
   */
  public SessionEvents(EventSource<SessionEvent> source) {
    this.source = Objects.requireNonNull(source, "source");
  }

  /**
   * The events, as they come. {@code hasNext} waits for the next one; it answers interruption by
   * closing the session and with a {@link GenerationCancelledException}.
   *
   * @return an iterator that ends after {@link SessionClosed}
   * @throws IllegalStateException if there is a reader already
   */
  @Override
  public Iterator<SessionEvent> iterator() {
    if (!claim()) {
      throw readTwice();
    }
    return new EventIterator<>(source, SessionEvents::isLast);
  }

  /**
   * The events for a subscriber, who is called on threads of the common pool.
   *
   * @return a publisher as {@link #publisher(Executor)} describes
   */
  public Flow.Publisher<SessionEvent> publisher() {
    return publisher(ForkJoinPool.commonPool());
  }

  /**
   * The events for one subscriber. No more are delivered than were asked for; {@code onComplete}
   * follows {@link SessionClosed}. {@code cancel} closes the session, and so does a subscriber who
   * throws. Further subscribers get an {@link IllegalStateException}.
   *
   * @param executor calls the subscriber, one signal after the other; where it refuses work the
   *     session is closed and the subscriber hears no more
   * @return a publisher for one subscriber
   */
  public Flow.Publisher<SessionEvent> publisher(Executor executor) {
    Objects.requireNonNull(executor, "executor");
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      if (claim()) {
        new EventSubscription<>(source, subscriber, executor, SessionEvents::isLast).start();
      } else {
        RefusedSubscription.refuse(subscriber, readTwice());
      }
    };
  }

  /** Closes the session. Idempotent, throws nothing. */
  @Override
  public void close() {
    source.close();
  }

  private boolean claim() {
    return claimed.compareAndSet(false, true);
  }

  private static boolean isLast(SessionEvent event) {
    return event instanceof SessionClosed;
  }

  private static IllegalStateException readTwice() {
    return new IllegalStateException(
        "The events of a session are read once, but these have a reader already; hand them on from"
            + " there");
  }
}
