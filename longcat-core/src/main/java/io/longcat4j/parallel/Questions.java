package io.longcat4j.parallel;

import io.longcat4j.spi.Cancellation;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** What rank 0 has asked others and not yet heard. Thread-safe. */
final class Questions {
  private static final long ASK_MILLIS = 50;

  private final Line line;
  private final AtomicLong last = new AtomicLong();
  private final Map<Long, Pending> pending = new ConcurrentHashMap<>();

  /** How questions reach other ranks. */
  interface Line {
    /** Sends a question; asks whether to go on while that takes long. */
    void ask(int rank, long id, ByteBuffer question, Watch watch);

    /** Nobody waits any more; does not fail. */
    void forget(int rank, long id);

    /** Throws once no answer of a rank can come. */
    void check(int rank);
  }

  private record Pending(int rank, CompletableFuture<ByteBuffer> answer) {}

  Questions(Line line) {
    this.line = line;
  }

  ByteBuffer ask(int rank, ByteBuffer question, Cancellation wanted) {
    if (question.remaining() > Ranks.MAX_QUESTION_BYTES) {
      throw new IllegalArgumentException(
          "a question of %d bytes; there may be %d"
              .formatted(question.remaining(), Ranks.MAX_QUESTION_BYTES));
    }
    long id = last.incrementAndGet();
    Pending one = new Pending(rank, new CompletableFuture<>());
    pending.put(id, one);
    boolean isAnswered = false;
    try {
      Watch watch =
          () -> {
            line.check(rank);
            wanted.check();
          };
      watch.check();
      line.ask(rank, id, question.asReadOnlyBuffer(), watch);
      ByteBuffer answer = await(one.answer, watch);
      isAnswered = true;
      return answer;
    } finally {
      pending.remove(id);
      if (!isAnswered) {
        line.forget(rank, id);
      }
    }
  }

  /** Interruption is what {@code watch} makes of it: the interrupted thread is asked. */
  private static ByteBuffer await(CompletableFuture<ByteBuffer> answer, Watch watch) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return answer.get(ASK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          watch.check();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          watch.check();
          interrupted |= Thread.interrupted();
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("an answer fails only with its rank", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether a rank may answer that: it was asked once, wanted or not. */
  boolean wasAsked(int rank, long id) {
    Pending one = pending.get(id);
    return one == null ? id >= 1 && id <= last.get() : one.rank == rank;
  }

  /** An answer; nobody may wait for it any more. */
  void answered(long id, ByteBuffer answer) {
    Pending one = pending.get(id);
    if (one != null) {
      one.answer.complete(answer.asReadOnlyBuffer());
    }
  }
}
