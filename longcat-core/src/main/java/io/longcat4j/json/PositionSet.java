package io.longcat4j.json;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.LongStream;

/** Numbers in the order in which they came, each once. Not thread-safe. */
final class PositionSet {
  private static final int SEARCHED = 16;

  private long[] values = new long[16];
  private int size;
  private final Set<Long> known = new HashSet<>();

  void clear() {
    size = 0;
    known.clear();
  }

  void add(long value) {
    if (contains(value)) {
      return;
    }
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
    if (size == SEARCHED) {
      stream().forEach(known::add);
    } else if (size > SEARCHED) {
      known.add(value);
    }
  }

  int size() {
    return size;
  }

  long get(int index) {
    return values[index];
  }

  LongStream stream() {
    return Arrays.stream(values, 0, size);
  }

  private boolean contains(long value) {
    if (size >= SEARCHED) {
      return known.contains(value);
    }
    for (int i = 0; i < size; i++) {
      if (values[i] == value) {
        return true;
      }
    }
    return false;
  }
}
