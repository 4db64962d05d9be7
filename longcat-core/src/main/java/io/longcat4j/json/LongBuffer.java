package io.longcat4j.json;

import java.util.Arrays;

/** Whole numbers of 64 bits in a row, as many as come. Not thread-safe. */
final class LongBuffer {
  private long[] values = new long[4];
  private int size;

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  long get(int index) {
    return values[index];
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  /** The numbers in order, each once. */
  long[] sortedOnce() {
    long[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    int count = 0;
    for (int i = 0; i < size; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        sorted[count++] = sorted[i];
      }
    }
    return Arrays.copyOf(sorted, count);
  }
}
