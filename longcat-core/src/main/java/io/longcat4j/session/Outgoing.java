package io.longcat4j.session;

import io.longcat4j.AudioDelta;
import io.longcat4j.SessionClosed;
import io.longcat4j.SessionEvent;
import io.longcat4j.TextDelta;
import io.longcat4j.spi.EventSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events on their way to the reader: a bounded queue. Thread-safe.
 *
 * <p>A place can be kept for events that become known later, so that their order is that in which
 * things happened; who reads waits there.
 */
final class Outgoing implements EventSource<SessionEvent> {
  /** Sound that may wait; the reply waits beyond. */
  private static final long ROOM_NANOS = 4_000_000_000L;

  /** Letters that grow together. */
  private static final int LONGEST_TEXT = 16_384;

  private static final int MOST = 1000;

  /** One place of the queue: an event, or some that are not known yet. */
  private static final class Place {
    private @Nullable SessionEvent event;

    Place(@Nullable SessionEvent event) {
      this.event = event;
    }
  }

  /** Events that follow what was put before them and precede what is put after. */
  final class Kept {
    private final Place place = new Place(null);

    private Kept() {}

    /** They are known now. */
    void fill(List<SessionEvent> events) {
      synchronized (queue) {
        List<Place> rest = new ArrayList<>(queue);
        int at = rest.indexOf(place);
        if (at < 0) {
          return; // The session has ended.
        }
        queue.clear();
        queue.addAll(rest.subList(0, at));
        events.forEach(event -> queue.add(new Place(event)));
        queue.addAll(rest.subList(at + 1, rest.size()));
      }
      tell();
    }
  }

  private final Playback playback;
  private final Runnable onRoom;
  private final Runnable onClose;
  private final Deque<Place> queue = new ArrayDeque<>();
  private long waitingNanos;
  private long dropped;
  private volatile Runnable listener = () -> {};

  /**
   * Nothing has happened.
   *
   * @param playback is told of the sound that was read
   * @param onRoom called when a reply may go on; any thread
   * @param onClose called when the reader closes; any thread
   */
  Outgoing(Playback playback, Runnable onRoom, Runnable onClose) {
    this.playback = playback;
    this.onRoom = onRoom;
    this.onClose = onClose;
  }

  void put(SessionEvent event) {
    synchronized (queue) {
      Place last = queue.peekLast();
      if (event instanceof TextDelta more
          && last != null
          && last.event instanceof TextDelta before
          && before.text().length() < LONGEST_TEXT) {
        last.event = new TextDelta(before.text() + more.text());
      } else {
        makeRoom();
        queue.add(new Place(event));
      }
      if (event instanceof AudioDelta sound) {
        waitingNanos += nanos(sound);
      }
    }
    tell();
  }

  Kept keep() {
    Kept kept = new Kept();
    synchronized (queue) {
      queue.add(kept.place);
    }
    return kept;
  }

  /** Words and sound that nobody has read are not told any more. */
  void dropSpoken() {
    synchronized (queue) {
      queue.removeIf(
          place -> place.event instanceof TextDelta || place.event instanceof AudioDelta);
      waitingNanos = 0;
    }
  }

  /** Whether sound waits to be read. */
  boolean hasSound() {
    synchronized (queue) {
      return waitingNanos > 0;
    }
  }

  /** The last event; what is not known by now is not told. */
  void end(SessionClosed last) {
    synchronized (queue) {
      queue.removeIf(place -> place.event == null);
      queue.add(new Place(last));
    }
    tell();
  }

  /** Whether a reply may go on. */
  boolean hasRoom() {
    synchronized (queue) {
      return waitingNanos < ROOM_NANOS && queue.size() < MOST;
    }
  }

  long dropped() {
    synchronized (queue) {
      return dropped;
    }
  }

  /** Somebody who does not read for hours hears of what happened last. */
  private void makeRoom() {
    for (Iterator<Place> places = queue.iterator(); queue.size() >= MOST && places.hasNext(); ) {
      SessionEvent event = places.next().event;
      if (event != null) {
        places.remove();
        dropped++;
        if (event instanceof AudioDelta sound) {
          waitingNanos -= nanos(sound);
        }
      }
    }
  }

  @Override
  public @Nullable SessionEvent poll() {
    SessionEvent event;
    boolean roomy;
    synchronized (queue) {
      Place first = queue.peek();
      event = first == null ? null : first.event;
      if (event == null) {
        return null;
      }
      queue.remove();
      boolean crowded = !hasRoomAs(waitingNanos, queue.size() + 1);
      if (event instanceof AudioDelta sound) {
        waitingNanos -= nanos(sound);
        // Under the lock, so that what was dropped was not given.
        playback.give(nanos(sound));
      }
      roomy = crowded && hasRoomAs(waitingNanos, queue.size());
    }
    if (roomy) {
      onRoom.run();
    }
    return event;
  }

  /** A whole number, so that what was added and taken away leaves nothing. */
  private static long nanos(AudioDelta sound) {
    return Math.round(sound.durationSeconds() * 1e9);
  }

  private static boolean hasRoomAs(long nanos, int events) {
    return nanos < ROOM_NANOS && events < MOST;
  }

  @Override
  public void onAvailable(Runnable listener) {
    this.listener = listener;
    listener.run();
  }

  private void tell() {
    listener.run();
  }

  @Override
  public void close() {
    onClose.run();
  }
}
