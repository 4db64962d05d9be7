package io.longcat4j.stream;

import java.time.Duration;

/**
 * Counts durations in classes 1/32 of a power of two wide, so that a percentile is right to 2 %,
 * whatever the durations. Recording makes no objects. Not thread-safe.
 */
final class GapHistogram {
  private static final int BITS = 5;
  private static final int STEPS = 1 << BITS;

  private final int[] counts = new int[(Long.SIZE - BITS) * STEPS];
  private long total;

  void record(long nanos) {
    counts[index(Math.max(0, nanos))]++;
    total++;
  }

  /**
   * The duration that a share of all does not exceed.
   *
   * @param share above 0, at most 1
   * @return the middle of its class; 0 where nothing was recorded
   */
  Duration percentile(double share) {
    long rank = (long) Math.ceil(share * total);
    long seen = 0;
    for (int index = 0; index < counts.length; index++) {
      seen += counts[index];
      if (counts[index] > 0 && seen >= rank) {
        return Duration.ofNanos(middle(index));
      }
    }
    return Duration.ZERO;
  }

  /** Below {@link #STEPS} the value itself, then {@link #STEPS} classes for each power of two. */
  private static int index(long nanos) {
    if (nanos < STEPS) {
      return (int) nanos;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - BITS;
    return shift * STEPS + (int) (nanos >>> shift);
  }

  private static long middle(int index) {
    if (index < 2 * STEPS) {
      return index;
    }
    int shift = index / STEPS - 1;
    long first = (long) (index - shift * STEPS) << shift;
    return first + (1L << (shift - 1));
  }
}
