package io.longcat4j;

import io.longcat4j.spi.EventSource;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A reply while it is being made.
 *
 * <pre>{@code
 * try (ReplyStream stream = longcat.stream(prompt, Generation.speech())) {
 *   for (Event event : stream) {
 *     if (event instanceof TextDelta words) {
 *       System.out.print(words.text());
 *     }
 *   }
 * }
 * }</pre>
 *
 * <p>It is read once, in one of four ways: by {@link #iterator() iterating}, by one subscriber of
 * {@link #publisher()}, through {@link #toFuture()}, or whole with {@link #toReply()}. A second
 * reader is refused with an {@link IllegalStateException}.
 *
 * <p>What is made and not yet read is bounded: words that wait grow together into one {@link
 * TextDelta}, and when some seconds of sound wait the model leaves this reply alone until there is
 * room. Other replies go on meanwhile. A stream that is neither read nor closed keeps its place in
 * the model's memory; close it, best with try-with-resources. One that nobody holds any more is
 * closed when garbage collection finds it, with a warning in the log.
 *
 * <p>{@link #close} may be called from any thread and at any time, and so may what {@link
 * Flow.Subscription} offers; everything else belongs to one thread at a time.
 */
public final class ReplyStream implements Iterable<Event>, AutoCloseable {
  private final EventSource<Event> source;
  private final AtomicBoolean claimed = new AtomicBoolean();

  /**
   * Wraps the events of a reply; called by engines.
   *
   * @param source from now on the stream's own
   */
  public ReplyStream(EventSource<Event> source) {
    this.source = Objects.requireNonNull(source, "source");
  }

  /**
   * The events, as they come. {@code hasNext} waits for the next one; it answers interruption by
   * closing the stream and with a {@link GenerationCancelledException}. When the reply fails,
   * {@code hasNext} and {@code next} throw the {@link LongCatException}, after all events that came
   * before it.
   *
   * @return an iterator that ends after {@link Done}
   * @throws IllegalStateException if the stream has a reader already
   */
  @Override
  public Iterator<Event> iterator() {
    if (!claim()) {
      throw readTwice();
    }
    return new EventIterator<>(source, ReplyStream::isLast);
  }

  /**
   * Waits for the whole reply. Interruption closes the stream.
   *
   * @return the reply
   * @throws LongCatException if the reply fails
   * @throws IllegalStateException if the stream has a reader already
   */
  public Reply toReply() {
    Iterator<Event> events = iterator();
    ReplyCollector collector = new ReplyCollector();
    while (events.hasNext()) {
      collector.add(events.next());
    }
    return collector.reply();
  }

  /**
   * The events for a subscriber, who is called on threads of the common pool.
   *
   * @return a publisher as {@link #publisher(Executor)} describes
   */
  public Flow.Publisher<Event> publisher() {
    return publisher(ForkJoinPool.commonPool());
  }

  /**
   * The events for one subscriber. No more events are delivered than were asked for; {@link Done}
   * is an event, and {@code onComplete} follows it. {@code cancel} closes the stream, and so does a
   * subscriber who throws. {@link #close} ends the subscription with a {@link
   * GenerationCancelledException}. Further subscribers get an {@link IllegalStateException}.
   *
   * @param executor calls the subscriber, one signal after the other; where it refuses work the
   *     stream is closed and the subscriber hears no more. With {@code Runnable::run} a subscriber
   *     is called on the threads that make the replies: it holds them up, and there nothing of the
   *     {@link LongCat} may be called that waits, which throws an {@link IllegalStateException}
   * @return a publisher for one subscriber
   */
  public Flow.Publisher<Event> publisher(Executor executor) {
    Objects.requireNonNull(executor, "executor");
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      if (claim()) {
        new EventSubscription<>(source, subscriber, executor, ReplyStream::isLast).start();
      } else {
        RefusedSubscription.refuse(subscriber, readTwice());
      }
    };
  }

  /**
   * The whole reply, later. Completing or cancelling the future closes the stream.
   *
   * @return completed with the reply, or with the {@link LongCatException} it failed with
   */
  public CompletableFuture<Reply> toFuture() {
    CompletableFuture<Reply> future = new CompletableFuture<>();
    publisher().subscribe(new ReplySubscriber(future));
    return future;
  }

  /**
   * Cancels text and sound, unless the reply has ended; the model drops the reply before its next
   * step. Idempotent, throws nothing, does not wait. A reader who waits gets a {@link
   * GenerationCancelledException}.
   */
  @Override
  public void close() {
    source.close();
  }

  private boolean claim() {
    return claimed.compareAndSet(false, true);
  }

  private static boolean isLast(Event event) {
    return event instanceof Done;
  }

  private static IllegalStateException readTwice() {
    return new IllegalStateException(
        "A ReplyStream is read once, but this one has a reader already; collect its events, or ask"
            + " for another stream");
  }
}
