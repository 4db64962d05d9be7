package io.longcat4j.schedule;

import io.longcat4j.AttentionFigures;
import io.longcat4j.FinishReason;
import io.longcat4j.decode.ExpertsPerToken;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.SequenceRows;
import java.time.Duration;
import java.util.List;

/** How a request ended, and what it cost. Used by one thread at a time. */
public final class Outcome {
  private final FinishReason finishReason;
  private final Figures figures;
  private final SequenceRows rows;

  /**
   * What a request cost.
   *
   * @param queued from submission to the first pass it took part in
   * @param prefill from there until the first step had chosen; where nothing is decoded, until the
   *     prompt was in the cache
   * @param decode from there to the end
   * @param promptReused positions of the prompt that had been computed before
   * @param promptComputed all other positions of the prompt
   * @param steps of decoding
   * @param preemptions how often it gave its pages back and was fed again
   * @param drafted ids that multi-token prediction guessed and a pass was fed
   * @param accepted those of them that proved right and saved a pass
   * @param experts real experts that computed for each token and layer
   * @param attention how precisely positions were chosen, where that was measured
   * @param cacheBytes of the pages that it held at the end
   */
  public record Figures(
      Duration queued,
      Duration prefill,
      Duration decode,
      int promptReused,
      int promptComputed,
      int steps,
      int preemptions,
      int drafted,
      int accepted,
      ExpertsPerToken experts,
      List<AttentionFigures> attention,
      long cacheBytes) {}

  Outcome(FinishReason finishReason, Figures figures, SequenceRows rows) {
    this.finishReason = finishReason;
    this.figures = figures;
    this.rows = rows;
  }

  /**
   * Why it ended.
   *
   * @return the reason; {@link FinishReason#LENGTH} where nothing was to be decoded
   */
  public FinishReason finishReason() {
    return finishReason;
  }

  /**
   * What it cost.
   *
   * @return times and counts
   */
  public Figures figures() {
    return figures;
  }

  /**
   * The prompt and every generated position, the last step's included: a next turn's prompt begins
   * with these rows, or with {@linkplain PromptRows#first the first of them}, and finds them in the
   * cache.
   *
   * @return a copy made now
   */
  public PromptRows history() {
    return rows.snapshot();
  }
}
