package io.longcat4j.stream;

import io.longcat4j.Statistics;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What one reply costs, from the request on. The clock is read at each call; no call makes an
 * object but {@link #statistics}. Used by one thread at a time, which hands it on safely.
 */
public final class ReplyFigures {
  private final LongSupplier clock;
  private final GapHistogram gaps = new GapHistogram();
  private final long asked;
  private long encode;
  private long submitted;
  private long started;
  private long prefilled;
  private long firstStep;
  private long lastStep;
  private int reused;
  private int computed;
  private int steps;

  /**
   * Begins with the request.
   *
   * @param clock nanoseconds, such as {@link System#nanoTime}
   */
  public ReplyFigures(LongSupplier clock) {
    this.clock = clock;
    this.asked = clock.getAsLong();
    this.submitted = asked;
    this.started = asked;
    this.prefilled = asked;
    this.firstStep = asked;
    this.lastStep = asked;
  }

  /**
   * The request is ready for the model.
   *
   * @param encoders time in the encoders
   */
  public void submitted(Duration encoders) {
    encode = encoders.toNanos();
    submitted = clock.getAsLong();
    started = submitted;
  }

  /** The request has left the queue. Only the first time counts: it may be put back. */
  void started() {
    if (started == submitted) {
      started = clock.getAsLong();
    }
  }

  /** Time in the queue. */
  Duration queue() {
    return Duration.ofNanos(started - submitted);
  }

  /** The prompt is in the cache. Only the first time counts. */
  void prefilled(int fromCache, int inModel) {
    if (steps == 0) {
      reused = fromCache;
      computed = inModel;
      prefilled = clock.getAsLong();
    }
  }

  /** A step has ended. */
  void step() {
    long now = clock.getAsLong();
    if (steps == 0) {
      firstStep = now;
    } else {
      gaps.record(now - lastStep);
    }
    lastStep = now;
    steps++;
  }

  /** All there is to tell, after the last step and the last sound. */
  Statistics statistics(ModelFigures model, SpeechFigures speech) {
    Statistics.Builder statistics =
        Statistics.builder()
            .tokens(reused + computed, reused, steps)
            .preparation(between(asked, submitted), Duration.ofNanos(encode))
            .model(queue(), between(started, prefilled), between(prefilled, lastStep))
            .pace(between(asked, firstStep), gaps.percentile(0.5), gaps.percentile(0.99))
            .experts(model.meanExperts(), model.leastExperts(), model.mostExperts())
            .cacheBytes(model.cacheBytes());
    if (speech.seconds() > 0) {
      statistics.speech(
          between(asked, speech.first()),
          Duration.ofNanos(speech.vocode()),
          (speech.last() - firstStep) * 1e-9 / speech.seconds());
    }
    return statistics.build();
  }

  private static Duration between(long from, long to) {
    return Duration.ofNanos(to - from);
  }
}
