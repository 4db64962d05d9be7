package io.longcat4j;

import io.longcat4j.spi.EventSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Gives what a test puts in. */
final class ScriptedSource implements EventSource<Event> {
  static final Statistics COST = Statistics.builder().tokens(3, 1, 2).build();
  static final Done DONE =
      new Done(
          FinishReason.END, COST, List.of(7, 8), List.of(new CodecFrame(1, List.of(2))), List.of());

  private final Queue<Event> events = new ArrayDeque<>();
  private @Nullable LongCatException failure;
  private Runnable listener = () -> {};
  private int polls;
  private boolean closed;

  static ScriptedSource of(Event... events) {
    ScriptedSource source = new ScriptedSource();
    source.events.addAll(List.of(events));
    return source;
  }

  void put(Event event) {
    synchronized (this) {
      events.add(event);
    }
    listener.run();
  }

  void fail(LongCatException reason) {
    synchronized (this) {
      failure = reason;
    }
    listener.run();
  }

  synchronized int polls() {
    return polls;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public synchronized @Nullable Event poll() {
    polls++;
    if (events.isEmpty() && failure != null) {
      throw failure;
    }
    return events.poll();
  }

  @Override
  public synchronized void onAvailable(Runnable listener) {
    this.listener = listener;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (failure == null) {
        failure = new GenerationCancelledException("The stream was closed");
      }
    }
    listener.run();
  }
}
