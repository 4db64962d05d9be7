package io.longcat4j.parallel;

import io.longcat4j.GenerationCancelledException;
import io.longcat4j.spi.Cancellation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The questions that a rank answers, on threads that end when they are idle. Thread-safe. */
final class Answers implements Answering {
  private static final int IDLE_SECONDS = 10;
  private static final int LAST_SECONDS = 10;

  private final Health health;
  private final Consumer<Throwable> unexpected;
  private final ThreadPoolExecutor threads;
  private final Map<Long, Running> running = new ConcurrentHashMap<>();

  // Guarded by this.
  private final List<Running> early = new ArrayList<>();
  private @Nullable Answerer answerer;

  private volatile boolean hasEnded;

  Answers(int rank, Health health, Consumer<Throwable> unexpected) {
    this.health = health;
    this.unexpected = unexpected;
    this.threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "longcat-rank-" + rank + "-answers");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** One question, and whether it is still one. */
  private final class Running implements Cancellation {
    private final long id;
    private final ByteBuffer question;
    private final Consumer<ByteBuffer> reply;
    private volatile boolean isForgotten;

    private Running(long id, ByteBuffer question, Consumer<ByteBuffer> reply) {
      this.id = id;
      this.question = question;
      this.reply = reply;
    }

    private boolean isWanted() {
      return !isForgotten && !hasEnded && health.isWell();
    }

    @Override
    public void check() {
      if (!isWanted()) {
        throw new GenerationCancelledException("Rank 0 no longer wants this answer");
      }
    }

    private void run(Answerer by) {
      try {
        check();
        ByteBuffer answer = by.answer(question, this);
        check();
        reply.accept(answer);
      } catch (RuntimeException | Error e) {
        if (isWanted()) {
          unexpected.accept(e);
        }
      } finally {
        running.remove(id);
      }
    }
  }

  void start(Answerer by) {
    List<Running> waiting;
    synchronized (this) {
      if (answerer != null) {
        throw new IllegalStateException("this rank answers already");
      }
      answerer = by;
      waiting = List.copyOf(early);
      early.clear();
    }
    waiting.forEach(one -> begin(by, one));
  }

  /** A question has come; the reply may be called by another thread. */
  void asked(long id, ByteBuffer question, Consumer<ByteBuffer> reply) {
    Running one = new Running(id, question, reply);
    running.put(id, one);
    Answerer by;
    synchronized (this) {
      by = answerer;
      if (by == null) {
        early.add(one);
        return;
      }
    }
    begin(by, one);
  }

  private synchronized void begin(Answerer by, Running one) {
    if (hasEnded) {
      running.remove(one.id);
      return;
    }
    threads.execute(() -> one.run(by));
  }

  void forget(long id) {
    Running one = running.get(id);
    if (one != null) {
      one.isForgotten = true;
    }
  }

  /** Answers no more, and waits for nothing. */
  synchronized void leave() {
    hasEnded = true;
    early.clear();
    threads.shutdown();
  }

  @Override
  public boolean end() {
    leave();
    boolean interrupted = Thread.interrupted();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LAST_SECONDS);
    boolean all = false;
    for (long left = 1; !all && left > 0; left = until - System.nanoTime()) {
      try {
        all = threads.awaitTermination(left, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return all;
  }
}
