package io.longcat4j.benchmarks;

import io.longcat4j.GenerationCancelledException;
import io.longcat4j.SessionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The events of a session and when they were read. Used by one thread. */
final class HeardEvents {
  private static final int PATIENCE_SECONDS = 60;

  /**
   * An event.
   *
   * @param event that was read
   * @param nanos when, by {@link System#nanoTime}
   */
  record Noted(SessionEvent event, long nanos) {
    boolean is(Class<? extends SessionEvent> kind) {
      return kind.isInstance(event);
    }
  }

  private final BlockingQueue<Noted> noted = new LinkedBlockingQueue<>();

  /**
   * Reads them on a thread of its own, as they come.
   *
   * @param events of a session, which end with it
   */
  void read(Iterable<SessionEvent> events) {
    Thread thread =
        new Thread(() -> events.forEach(event -> note(event, System.nanoTime())), "events");
    thread.setDaemon(true);
    thread.start();
  }

  /** Something was read; any thread. */
  void note(SessionEvent event, long nanos) {
    noted.add(new Noted(event, nanos));
  }

  /** The events up to one, which is awaited. */
  List<Noted> upTo(Predicate<Noted> last) {
    List<Noted> all = new ArrayList<>();
    do {
      all.add(next(all));
    } while (!last.test(all.get(all.size() - 1)));
    return all;
  }

  private Noted next(List<Noted> before) {
    try {
      Noted next = noted.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new IllegalStateException(
            "Nothing more came after "
                + (before.isEmpty() ? "nothing" : before.get(before.size() - 1)));
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GenerationCancelledException("The measurement was interrupted", e);
    }
  }
}
