package io.longcat4j.server;

import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.Statistics;
import io.longcat4j.TextDelta;
import io.longcat4j.spi.EventSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Events that a test gives when it likes. Thread-safe. */
final class Events<E> implements EventSource<E> {
  final CountDownLatch closed = new CountDownLatch(1);
  private final Queue<E> events = new ArrayDeque<>();
  private @Nullable LongCatException failure;
  private Runnable listener = () -> {};

  static Events<Event> of(Event... all) {
    Events<Event> source = new Events<>();
    List.of(all).forEach(source::give);
    return source;
  }

  /** A reply of some words. */
  static Events<Event> saying(String... words) {
    Events<Event> source = new Events<>();
    for (String more : words) {
      source.give(new TextDelta(more));
    }
    source.give(done(FinishReason.END));
    return source;
  }

  static Done done(FinishReason reason) {
    return new Done(
        reason, Statistics.builder().tokens(7, 2, 3).build(), List.of(), List.of(), List.of());
  }

  void give(E event) {
    Runnable told;
    synchronized (this) {
      events.add(event);
      told = listener;
    }
    told.run();
  }

  void fail(LongCatException reason) {
    Runnable told;
    synchronized (this) {
      failure = reason;
      told = listener;
    }
    told.run();
  }

  @Override
  public synchronized @Nullable E poll() {
    E event = events.poll();
    if (event == null && failure != null) {
      throw failure;
    }
    return event;
  }

  @Override
  public void onAvailable(Runnable told) {
    synchronized (this) {
      listener = told;
    }
    told.run();
  }

  @Override
  public void close() {
    closed.countDown();
    fail(new GenerationCancelledException("closed"));
  }
}
