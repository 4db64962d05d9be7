package io.longcat4j.media;

import java.util.Arrays;

/**
 * The last samples of a sound, at least so many, from a multiple of a period on. Not thread-safe.
 */
final class RecentSamples {
  private final int period;
  private final int least;
  private float[] values = {};
  private int size;
  private long start;

  RecentSamples(int period, int least) {
    this.period = period;
    this.least = least;
  }

  void add(float[] more) {
    if (size + (long) more.length > values.length) {
      forget();
      int needed = Math.addExact(size, more.length);
      values = Arrays.copyOf(values, Math.max(needed, least + 2 * period));
    }
    System.arraycopy(more, 0, values, size, more.length);
    size += more.length;
    forget();
  }

  private void forget() {
    int dropped = Math.max(0, size - least) / period * period;
    if (dropped > 0) {
      System.arraycopy(values, dropped, values, 0, size - dropped);
      size -= dropped;
      start += dropped;
    }
  }

  /** Where they begin, counted from the first sample of the sound; a multiple of the period. */
  long start() {
    return start;
  }

  float[] samples() {
    return Arrays.copyOf(values, size);
  }
}
