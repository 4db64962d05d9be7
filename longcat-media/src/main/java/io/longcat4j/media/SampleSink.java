package io.longcat4j.media;

import java.util.Arrays;

/** Collects samples up to a bound. Not thread-safe. */
final class SampleSink {
  private static final int FIRST_CAPACITY = 1 << 16;

  private final int limit;
  private float[] values;
  private int size;
  private boolean overflowed;

  SampleSink(int limit) {
    this.limit = limit;
    this.values = new float[Math.min(limit, FIRST_CAPACITY)];
  }

  /** Keeps what fits under the bound and remembers whether something did not. */
  void add(float[] samples, int count) {
    int kept = Math.min(count, limit - size);
    reserve(size + kept);
    System.arraycopy(samples, 0, values, size, kept);
    size += kept;
    overflowed |= kept < count;
  }

  private void reserve(int needed) {
    if (needed > values.length) {
      long doubled = Math.min(limit, 2L * values.length);
      values = Arrays.copyOf(values, (int) Math.max(needed, doubled));
    }
  }

  /** Whether samples were left out. */
  boolean overflowed() {
    return overflowed;
  }

  int size() {
    return size;
  }

  /** The samples, cut or filled with silence to a length; none of them is here any more. */
  float[] drain(int length) {
    float[] samples = toArray(length);
    size = 0;
    return samples;
  }

  /** The samples, cut or filled with silence to a length. */
  float[] toArray(int length) {
    return Arrays.copyOf(Arrays.copyOf(values, size), length);
  }
}
