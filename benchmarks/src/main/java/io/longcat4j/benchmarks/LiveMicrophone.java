package io.longcat4j.benchmarks;

import io.longcat4j.GenerationCancelledException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * A microphone: gives 20 ms of sound every 20 ms, which is silence unless somebody speaks, on a
 * thread of its own. Thread-safe.
 */
final class LiveMicrophone implements AutoCloseable {
  /** What both a session and the protocol over WebSockets take. */
  static final int RATE_HZ = 24_000;

  static final int PIECE = RATE_HZ / 50;

  /** After so many pieces the windows of detection begin with a piece again. */
  private static final int ROUND = 8;

  private static final int PATIENCE_SECONDS = 60;

  /** Something that is being said. Moments are those of {@link System#nanoTime}. */
  static final class Saying {
    private final SpokenQuestion question;
    private final CompletableFuture<Long> begun = new CompletableFuture<>();
    private final CompletableFuture<Long> ended = new CompletableFuture<>();
    private int position;
    private boolean under;

    /** Begins after some silence. */
    private Saying(SpokenQuestion question, int silence) {
      this.question = question;
      this.position = -silence;
    }

    /** When the piece was given that has the first sample of speech. */
    long begun() {
      return get(begun);
    }

    /** When the piece was given that has the last sample of speech. */
    long ended() {
      return get(ended);
    }

    /** Whether all was said by some moment. */
    boolean isEndedBy(long moment) {
      return ended.isDone() && ended() <= moment;
    }

    private static long get(CompletableFuture<Long> moment) {
      try {
        return moment.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        throw new IllegalStateException("the microphone stands still", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new GenerationCancelledException("The measurement was interrupted", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private final Consumer<float[]> session;
  private final Pace pace;
  private final Thread thread;
  private final Queue<Saying> sayings = new ArrayDeque<>();
  private boolean closed;

  private LiveMicrophone(Consumer<float[]> session, Pace pace) {
    this.session = session;
    this.pace = pace;
    this.thread = new Thread(this::run, "microphone");
    thread.setDaemon(true);
  }

  /** Begins with silence; whatever is said begins where a piece and a window do. */
  static LiveMicrophone open(Consumer<float[]> session, Pace pace) {
    LiveMicrophone microphone = new LiveMicrophone(session, pace);
    microphone.thread.start();
    return microphone;
  }

  /** Says something after so many samples of silence, or after what is being said. */
  synchronized Saying say(SpokenQuestion question, int silence) {
    Saying saying = new Saying(question, silence);
    sayings.add(saying);
    return saying;
  }

  /** Says no more of anything. */
  synchronized void hush() {
    sayings.clear();
  }

  private void run() {
    long next = System.nanoTime();
    for (long count = 0; ; count++) {
      next += pace.nanos((double) PIECE / RATE_HZ);
      Pace.awaitNanoTime(next);
      float[] piece = new float[PIECE];
      Saying saying;
      int from = 0;
      synchronized (this) {
        if (closed) {
          return;
        }
        saying = sayings.peek();
        if (saying != null && count % ROUND != 0 && !saying.under) {
          saying = null;
        }
        if (saying != null) {
          saying.under = true;
          from = saying.position;
          fill(piece, saying);
        }
      }
      long now = System.nanoTime();
      try {
        session.accept(piece);
      } catch (GenerationCancelledException over) {
        return;
      }
      if (saying != null) {
        tell(saying, from, now);
      }
    }
  }

  private void fill(float[] piece, Saying saying) {
    float[] samples = saying.question.samples();
    for (int i = 0; i < PIECE; i++) {
      int at = saying.position + i;
      piece[i] = at >= 0 && at < samples.length ? samples[at] : 0;
    }
    saying.position += PIECE;
    if (saying.position >= samples.length) {
      sayings.remove();
    }
  }

  private static void tell(Saying saying, int from, long now) {
    int to = from + PIECE;
    if (from <= saying.question.first() && saying.question.first() < to) {
      saying.begun.complete(now);
    }
    if (from <= saying.question.last() && saying.question.last() < to) {
      saying.ended.complete(now);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    thread.interrupt();
  }
}
