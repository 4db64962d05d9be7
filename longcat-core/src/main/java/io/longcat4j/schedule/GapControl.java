package io.longcat4j.schedule;

import io.longcat4j.model.LanguageModel;

/**
 * Fits the share of joining prompts to what running replies bear: a pass with both shall not take
 * longer than some multiple of a pass that only decodes. It starts small, grows while there is
 * room, and shrinks at once when there is none. A prompt alone gets all rows of a pass.
 */
public final class GapControl implements ChunkPolicy {
  /** A prompt gets ahead by at least this, whatever it costs the others. */
  static final int LEAST = 2;

  private static final int FIRST = 8;
  private static final double GROW_BELOW = 0.7;
  private static final double WEIGHT_OF_NEW = 0.2;

  private final int most;
  private final double gap;
  private double plainNanos;
  private int rows;

  /**
   * Starts without measurements.
   *
   * @param most rows of joining prompts in a pass, while others decode
   * @param gap how much longer a pass may take because of them; above 1
   */
  public GapControl(int most, double gap) {
    this.most = Math.max(LEAST, most);
    this.gap = gap;
    this.rows = Math.min(this.most, FIRST);
  }

  @Override
  public int rows(int decoding) {
    return decoding == 0 ? LanguageModel.MAX_ROWS : rows;
  }

  @Override
  public void onPass(int decoding, int joining, long nanos) {
    if (decoding == 0) {
      return;
    }
    if (joining == 0) {
      plainNanos = plainNanos == 0 ? nanos : plainNanos + WEIGHT_OF_NEW * (nanos - plainNanos);
    } else if (plainNanos > 0 && nanos > gap * plainNanos) {
      rows = Math.max(LEAST, Math.min(rows, joining) / 2);
    } else if (plainNanos > 0 && joining >= rows && nanos < GROW_BELOW * gap * plainNanos) {
      rows = Math.min(most, rows + Math.max(1, rows / 2));
    }
  }
}
