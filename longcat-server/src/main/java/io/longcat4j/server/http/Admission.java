package io.longcat4j.server.http;

import io.longcat4j.server.wire.ApiException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How many may be served at once, and who they are, so that they can be ended. Thread-safe. */
public final class Admission {
  private final String what;
  private final int most;
  private final Map<Ticket, Runnable> inside = new HashMap<>();
  private int busy;
  private boolean closed;

  /** A place, to be given back. */
  public final class Ticket implements AutoCloseable {
    private boolean released;

    private Ticket() {}

    /** Gives the place to others, though its holder still has to say so; idempotent. */
    public void release() {
      Admission.this.release(this);
    }

    /** Gives the place back; idempotent. */
    @Override
    public void close() {
      leave(this);
    }
  }

  /**
   * Opens a number of places.
   *
   * @param what is served, for messages
   * @param most at once
   */
  public Admission(String what, int most) {
    this.what = what;
    this.most = most;
  }

  /**
   * Takes a place.
   *
   * @param cancel ends what takes it; must not wait
   * @return the place; close it
   * @throws ApiException if there is none, or the server is closing
   */
  public synchronized Ticket enter(Runnable cancel) {
    if (closed) {
      throw ApiException.of(503, "server_closing", "The server is closing; ask another one");
    }
    if (busy >= most) {
      throw ApiException.of(
          429,
          "too_many_requests",
          most + " " + what + " are served already, the most at once; try again later");
    }
    Ticket ticket = new Ticket();
    inside.put(ticket, cancel);
    busy++;
    return ticket;
  }

  /**
   * How many are inside.
   *
   * @return at least 0
   */
  public synchronized int count() {
    return inside.size();
  }

  /** Lets nobody in any more. */
  public synchronized void close() {
    closed = true;
  }

  /**
   * Waits until all have left.
   *
   * @param patience how long at most
   * @return whether they have
   * @throws InterruptedException if the waiting thread is interrupted
   */
  public synchronized boolean awaitEmpty(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!inside.isEmpty()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Ends what is inside. */
  public void cancelAll() {
    List<Runnable> running;
    synchronized (this) {
      running = List.copyOf(inside.values());
    }
    running.forEach(Runnable::run);
  }

  private synchronized void release(Ticket ticket) {
    if (!ticket.released) {
      ticket.released = true;
      busy--;
    }
  }

  private synchronized void leave(Ticket ticket) {
    release(ticket);
    if (inside.remove(ticket) != null) {
      notifyAll();
    }
  }
}
