package io.longcat4j.schedule;

/**
 * Fits the share of joining prompts to what running replies bear: a pass with both shall not take
 * longer than some multiple of a pass that only decodes. It starts small, grows while there is
 * room, and shrinks at once when there is none. Now and then it lets a pass go without prompts, to
 * know what that takes. A prompt alone gets all rows of a pass.
 */
public final class GapControl implements ChunkPolicy {
  /** A prompt gets ahead by at least this, whatever it costs the others. */
  static final int LEAST = 2;

  /** Passes with prompts after one without. */
  static final int PASSES_UNSEEN = 32;

  private static final int FIRST = 8;
  private static final double GROW_BELOW = 0.7;

  /** What holds a pass up only makes it longer, so that a short one is nearer to the truth. */
  private static final double WEIGHT_OF_SHORTER = 0.5;

  private static final double WEIGHT_OF_LONGER = 0.1;

  /** A pass that something else held up says little. */
  private static final double MOST_OF_NEW = 2;

  private final int most;
  private final double gap;
  private int rows;
  private double plainNanos;
  private int plainDecoding;
  private int unseen;

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
    if (decoding == 0) {
      return Integer.MAX_VALUE;
    }
    return isStale(decoding) ? 0 : rows;
  }

  /** Never twice in a row, or prompts would starve beside replies that come and go. */
  private boolean isStale(int decoding) {
    boolean changed = decoding >= 2 * plainDecoding || 2 * decoding <= plainDecoding;
    return plainDecoding == 0 || unseen >= PASSES_UNSEEN || (unseen > 0 && changed);
  }

  @Override
  public void onPass(int decoding, int joining, long nanos) {
    if (decoding == 0) {
      return;
    }
    if (joining == 0) {
      boolean known = decoding == plainDecoding && plainNanos > 0;
      double seen = Math.min((double) nanos, MOST_OF_NEW * plainNanos);
      double weight = seen < plainNanos ? WEIGHT_OF_SHORTER : WEIGHT_OF_LONGER;
      plainNanos = known ? plainNanos + weight * (seen - plainNanos) : nanos;
      plainDecoding = decoding;
      unseen = 0;
      return;
    }
    unseen++;
    if (nanos > gap * plainNanos) {
      rows = Math.max(LEAST, Math.min(rows, joining) / 2);
    } else if (joining >= rows && nanos < GROW_BELOW * gap * plainNanos) {
      rows = Math.min(most, rows + Math.max(1, rows / 2));
    }
  }
}
