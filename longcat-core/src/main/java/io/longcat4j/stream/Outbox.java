package io.longcat4j.stream;

import io.longcat4j.AudioDelta;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.TextDelta;
import io.longcat4j.ToolCall;
import io.longcat4j.spi.EventSource;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Between those who make the events of a reply and the one who reads them. Putting never waits:
 * whoever makes events asks {@link #isFull} and makes no more until it is told to {@link
 * Producer#resume}. Words that follow each other grow into one event. Thread-safe; listener and
 * producer are called without a lock held.
 */
public final class Outbox implements EventSource<Event> {
  /** Seconds of sound that may wait for the reader. */
  public static final int MAX_SECONDS = 10;

  /** Characters that may wait for the reader, in words and tool calls. */
  public static final int MAX_CHARS = 64 * 1024;

  private final Queue<Event> events = new ArrayDeque<>();
  private final StringBuilder words = new StringBuilder();
  private @Nullable TextDelta single;
  private int chars;
  private double seconds;
  private boolean wasFull;
  private @Nullable Supplier<Done> end;
  private @Nullable LongCatException failure;
  private Runnable listener = () -> {};
  private @Nullable Producer producer;

  /** Makes an empty outbox. */
  public Outbox() {}

  /**
   * Names who is to hear of room and of the end of interest.
   *
   * @param maker told at once that there is room, or to cancel if the reader has left already
   */
  public void attach(Producer maker) {
    boolean left;
    synchronized (this) {
      producer = maker;
      left = failure != null;
    }
    if (left) {
      maker.cancel();
    } else {
      maker.resume();
    }
  }

  /**
   * Hands an event over; drops it where nobody reads any more.
   *
   * @param event the next one
   */
  public void put(Event event) {
    Runnable signal;
    synchronized (this) {
      if (failure != null) {
        return;
      }
      chars += chars(event);
      seconds += seconds(event);
      if (event instanceof TextDelta text) {
        addWords(text);
      } else {
        endWords();
        events.add(event);
      }
      wasFull |= isFull();
      signal = listener;
    }
    signal.run();
  }

  /**
   * Completes the reply.
   *
   * @param done makes the last event, on the thread that reads it
   */
  public void finish(Supplier<Done> done) {
    Runnable signal;
    synchronized (this) {
      if (failure != null) {
        return;
      }
      end = done;
      signal = listener;
    }
    signal.run();
  }

  /**
   * Ends the reply with an error, which the reader gets after all events before it; cancels the
   * producer.
   *
   * @param reason what the reader is thrown; without effect after another one
   */
  public void fail(LongCatException reason) {
    end(reason);
  }

  /**
   * Whether the reader has to catch up before more is made.
   *
   * @return true while what waits is above the bounds
   */
  public synchronized boolean isFull() {
    return seconds >= MAX_SECONDS || chars >= MAX_CHARS;
  }

  /**
   * Why nobody will read what is put.
   *
   * @return the failure, or null while all is well
   */
  public synchronized @Nullable LongCatException failure() {
    return failure;
  }

  /**
   * Whether more is to be made.
   *
   * @return false after the end, or a failure
   */
  public synchronized boolean isOpen() {
    return failure == null && end == null;
  }

  /** Tells the producer that there may be room; for those who stand between it and this outbox. */
  public void tellRoom() {
    Producer maker;
    synchronized (this) {
      maker = producer;
    }
    if (maker != null) {
      maker.resume();
    }
  }

  @Override
  public @Nullable Event poll() {
    Event event;
    Supplier<Done> last = null;
    boolean roomMade;
    synchronized (this) {
      if (events.isEmpty()) {
        endWords();
      }
      event = events.poll();
      if (event == null) {
        last = end;
        end = null;
        if (last == null && failure != null) {
          throw failure;
        }
      }
      if (event != null) {
        chars -= chars(event);
        seconds = events.isEmpty() ? 0 : seconds - seconds(event);
      }
      roomMade = wasFull && !isFull();
      wasFull &= !roomMade;
    }
    if (roomMade) {
      tellRoom();
    }
    return last == null ? event : last.get();
  }

  @Override
  public synchronized void onAvailable(Runnable signal) {
    listener = signal;
  }

  /** What waits is dropped. */
  @Override
  public void close() {
    synchronized (this) {
      events.clear();
      end = null;
      words.setLength(0);
      single = null;
      chars = 0;
      seconds = 0;
    }
    end(
        new GenerationCancelledException(
            "The stream was closed before the reply was complete; ask again for another"));
  }

  private void end(LongCatException reason) {
    Runnable signal;
    Producer maker;
    synchronized (this) {
      if (failure != null) {
        return;
      }
      failure = reason;
      signal = listener;
      maker = producer;
    }
    if (maker != null) {
      maker.cancel();
    }
    signal.run();
  }

  /** A single event stays itself; only a second one is worth a builder. */
  private void addWords(TextDelta text) {
    if (single == null && words.isEmpty()) {
      single = text;
      return;
    }
    if (single != null) {
      words.append(single.text());
      single = null;
    }
    words.append(text.text());
  }

  private void endWords() {
    if (single != null) {
      events.add(single);
      single = null;
    } else if (!words.isEmpty()) {
      events.add(new TextDelta(words.toString()));
      words.setLength(0);
    }
  }

  private static int chars(Event event) {
    if (event instanceof TextDelta text) {
      return text.text().length();
    }
    return event instanceof ToolCall call ? call.arguments().length() : 0;
  }

  private static double seconds(Event event) {
    return event instanceof AudioDelta audio ? audio.durationSeconds() : 0;
  }
}
