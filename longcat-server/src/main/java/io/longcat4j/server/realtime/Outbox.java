package io.longcat4j.server.realtime;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.server.chat.Ids;
import io.longcat4j.server.wire.Json;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is on its way to a client, bounded: whoever makes more waits for room, and a client who
 * takes nothing for too long is cut off. Thread-safe.
 */
final class Outbox {
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

  /** Sound of half a minute; below it the next event is made. */
  private static final long ROOM = 2 << 20;

  /** Answers to a client who asks and asks but does not read. */
  private static final long MOST = 16 << 20;

  private final Wire wire;
  private final Dialect dialect;
  private final Duration patience;
  private long waiting;
  private boolean ended;

  Outbox(Wire wire, Dialect dialect, Duration patience) {
    this.wire = wire;
    this.dialect = dialect;
    this.patience = patience;
  }

  Dialect dialect() {
    return dialect;
  }

  /** Sends an event of a type in its present name, unless this client does not know it. */
  void send(String type, ObjectNode fields) {
    if (!dialect.knows(type)) {
      return;
    }
    ObjectNode event =
        Json.object().put("type", dialect.event(type)).put("event_id", Ids.next("event_"));
    event.setAll(fields);
    String text = Json.write(event);
    synchronized (this) {
      if (ended) {
        return;
      }
      waiting += text.length();
      if (waiting > MOST) {
        LOG.info("A realtime client reads nothing of what it asks for; it is cut off");
        end();
        return;
      }
      // Within the lock, so that events go in the order in which they were made.
      wire.send(text, () -> sent(text.length()), failure -> end());
    }
  }

  /**
   * Waits until there is room for the next event.
   *
   * @return false where the client is gone
   */
  synchronized boolean awaitRoom() throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!ended && waiting > ROOM) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        LOG.info("A realtime client has taken nothing for {}; it is cut off", patience);
        end();
      } else {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    }
    return !ended;
  }

  private synchronized void sent(int length) {
    waiting -= length;
    notifyAll();
  }

  /** Breaks the connection; idempotent. */
  synchronized void end() {
    if (!ended) {
      ended = true;
      wire.cut();
      notifyAll();
    }
  }

  /** Closes the connection in order; idempotent. */
  synchronized void close(int status, String reason) {
    if (!ended) {
      ended = true;
      wire.close(status, reason);
      notifyAll();
    }
  }
}
