package io.longcat4j;

import io.longcat4j.spi.EventSource;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Waits for one event after the other. Not thread-safe. */
final class EventIterator<E> implements Iterator<E> {
  private final EventSource<E> source;
  private final Predicate<E> last;
  private final Semaphore available = new Semaphore(0);
  private @Nullable E next;
  private boolean ended;

  EventIterator(EventSource<E> source, Predicate<E> last) {
    this.source = source;
    this.last = last;
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
  public E next() {
    E event = hasNext() ? next : null;
    if (event == null) {
      throw new NoSuchElementException("No event follows the last one");
    }
    next = null;
    ended = last.test(event);
    return event;
  }

  private E await() {
    while (true) {
      available.drainPermits();
      E event = source.poll();
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
            "The thread was interrupted while it waited for the next event, and what makes them was"
                + " cancelled",
            e);
      }
    }
  }
}
