package io.longcat4j.stream;

import io.longcat4j.RankFigures;
import io.longcat4j.Statistics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What one reply costs, from the request on. The clock is read at each call; no call makes an
 * object but {@link #statistics}. Used by one thread at a time, which hands it on safely.
 */
public final class ReplyFigures {
  private final LongSupplier clock;
  private final Supplier<List<RankFigures>> ranks;
  private final List<RankFigures> ranksBefore;
  private final GapHistogram gaps = new GapHistogram();
  private final long asked;
  private long encode;
  private long submitted;
  private long firstStep;
  private long lastStep;
  private int steps;

  /**
   * Begins with the request.
   *
   * @param clock nanoseconds, such as {@link System#nanoTime}
   * @param ranks what each rank has spent on the others so far; nothing for one rank
   */
  public ReplyFigures(LongSupplier clock, Supplier<List<RankFigures>> ranks) {
    this.clock = clock;
    this.ranks = ranks;
    this.ranksBefore = ranks.get();
    this.asked = clock.getAsLong();
    this.submitted = asked;
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
            .tokens(model.reusedTokens() + model.computedTokens(), model.reusedTokens(), steps)
            .preparation(between(asked, submitted), Duration.ofNanos(encode))
            .model(model.queue(), model.prefill(), model.decode())
            .pace(between(asked, firstStep), gaps.percentile(0.5), gaps.percentile(0.99))
            .drafts(model.draftedTokens(), model.acceptedTokens())
            .experts(model.meanExperts(), model.leastExperts(), model.mostExperts())
            .attention(model.attention())
            .cacheBytes(model.cacheBytes())
            .ranks(ranksSince());
    if (speech.seconds() > 0) {
      statistics.speech(
          between(asked, speech.first()),
          Duration.ofNanos(speech.vocode()),
          (speech.last() - firstStep) * 1e-9 / speech.seconds());
    }
    return statistics.build();
  }

  private List<RankFigures> ranksSince() {
    List<RankFigures> since = new ArrayList<>();
    List<RankFigures> now = ranks.get();
    for (int rank = 0; rank < ranksBefore.size(); rank++) {
      RankFigures before = ranksBefore.get(rank);
      RankFigures after = now.get(rank);
      since.add(
          new RankFigures(
              rank,
              after.host(),
              after.collectives().minus(before.collectives()),
              after.waiting().minus(before.waiting()),
              after.bytes() - before.bytes()));
    }
    return since;
  }

  private static Duration between(long from, long to) {
    return Duration.ofNanos(to - from);
  }
}
