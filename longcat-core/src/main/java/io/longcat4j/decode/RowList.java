package io.longcat4j.decode;

import java.util.Arrays;

/** Numbers of rows; keeps its memory. Not thread-safe. */
final class RowList {
  private static final int[] NONE = {};

  private int[] rows = new int[8];
  private int size;

  void clear() {
    size = 0;
  }

  /** Adds a row and tells its index. */
  int add(int row) {
    if (size == rows.length) {
      rows = Arrays.copyOf(rows, 2 * size);
    }
    rows[size] = row;
    return size++;
  }

  int size() {
    return size;
  }

  int[] toArray() {
    return size == 0 ? NONE : Arrays.copyOf(rows, size);
  }
}
