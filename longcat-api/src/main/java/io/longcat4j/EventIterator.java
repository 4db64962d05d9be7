package io.longcat4j;

import io.longcat4j.spi.EventSource;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Waits for one event after the other. Not thread-safe. */
final class EventIterator implements Iterator<Event> {
  private final EventSource source;
  private final Semaphore available = new Semaphore(0);
  private @Nullable Event next;
  private boolean ended;

  EventIterator(EventSource source) {
    this.source = source;
    source.onAvailable(available::release);
  }

  @Override
  public boolean hasNext() {
    if (next == null && !ended) {
      next = await();
    }
    return next != null;
  }

  @Override
  public Event next() {
    Event event = hasNext() ? next : null;
    if (event == null) {
      throw new NoSuchElementException("The reply has ended");
    }
    next = null;
    ended = event instanceof Done;
    return event;
  }

  private Event await() {
    while (true) {
      available.drainPermits();
      Event event = source.poll();
      if (event != null) {
        return event;
      }
      source.beforeWaiting();
      try {
        available.acquire();
      } catch (InterruptedException e) {
        source.close();
        Thread.currentThread().interrupt();
        throw new GenerationCancelledException(
            "The thread was interrupted while it waited for the reply, which was cancelled", e);
      }
    }
  }
}
