package io.longcat4j.benchmarks;

import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.ReplyStream;
import io.longcat4j.Statistics;
import io.longcat4j.TextDelta;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a reply and notes when each of its tokens came, by the thread that made it. Every token
 * must be text of its own. Thread-safe.
 */
final class TimedReply implements Flow.Subscriber<Event>, AutoCloseable {
  private final ReplyStream stream;
  private long[] nanos = new long[256];
  private int count;
  private @Nullable Statistics statistics;
  private @Nullable Throwable failure;

  private TimedReply(ReplyStream stream) {
    this.stream = stream;
  }

  static TimedReply of(ReplyStream stream) {
    TimedReply reply = new TimedReply(stream);
    stream.publisher(Runnable::run).subscribe(reply);
    return reply;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public synchronized void onNext(Event event) {
    if (event instanceof TextDelta) {
      nanos = count < nanos.length ? nanos : Arrays.copyOf(nanos, 2 * count);
      nanos[count++] = System.nanoTime();
    } else if (event instanceof Done done) {
      statistics = done.statistics();
    }
    notifyAll();
  }

  @Override
  public synchronized void onError(Throwable error) {
    failure = error;
    notifyAll();
  }

  @Override
  public void onComplete() {}

  /** Waits until so many tokens have come. */
  synchronized void await(int tokens) {
    awaitUntil(() -> count >= tokens || statistics != null);
    if (count < tokens) {
      throw new IllegalStateException(count + " tokens came, not " + tokens);
    }
  }

  /** Waits for the end. */
  synchronized Statistics await() {
    awaitUntil(() -> statistics != null);
    Statistics found = Objects.requireNonNull(statistics);
    if (found.newTokens() != count) {
      throw new InvalidRequestException(
          "%d of %d tokens were text of their own; pass a checkpoint of 'longcat bench make-checkpoint'"
              .formatted(count, found.newTokens()));
    }
    return found;
  }

  private synchronized void awaitUntil(BooleanSupplier holds) {
    try {
      while (!holds.getAsBoolean()) {
        if (failure != null) {
          throw failure instanceof LongCatException known
              ? known
              : new IllegalStateException(failure);
        }
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GenerationCancelledException("interrupted while a reply was measured", e);
    }
  }

  /** When the tokens came, as {@link System#nanoTime}. */
  synchronized long[] nanos() {
    return Arrays.copyOf(nanos, count);
  }

  /** Tokens that came after one time, up to another. */
  int between(long after, long upTo) {
    return (int) Arrays.stream(nanos()).filter(at -> at - after > 0 && at - upTo <= 0).count();
  }

  /** Seconds before each token that came after one time, up to another; never before the first. */
  double[] gaps(long after, long upTo) {
    long[] times = nanos();
    int first = 1;
    while (first < times.length && times[first] - after <= 0) {
      first++;
    }
    int end = first;
    while (end < times.length && times[end] - upTo <= 0) {
      end++;
    }
    double[] gaps = new double[end - first];
    for (int i = 0; i < gaps.length; i++) {
      gaps[i] = (times[first + i] - times[first + i - 1]) / 1e9;
    }
    return gaps;
  }

  @Override
  public void close() {
    stream.close();
  }
}
