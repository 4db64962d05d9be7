package io.longcat4j.tokenizer;

import java.util.Arrays;

/** Ids in the making. Not thread-safe. */
final class IntList {
  private int[] values = new int[16];
  private int size;

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, grown(size));
    }
    values[size++] = value;
  }

  void addAll(int[] more) {
    if (more.length > values.length - size) {
      values = Arrays.copyOf(values, Math.max(grown(size), Math.addExact(size, more.length)));
    }
    System.arraycopy(more, 0, values, size, more.length);
    size += more.length;
  }

  int get(int index) {
    return values[index];
  }

  int size() {
    return size;
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }

  private static int grown(int size) {
    return Math.addExact(size, (size >> 1) + 16);
  }
}
