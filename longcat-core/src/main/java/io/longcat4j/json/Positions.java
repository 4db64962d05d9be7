package io.longcat4j.json;

import java.util.Arrays;

/** Pairs of a state and a number, in the order in which they came, each once. Not thread-safe. */
final class Positions {
  private static final long FREE = -1;

  /** A larger table is not worth clearing before each use. */
  private static final int MOST_KEPT = 64;

  private long[] values = new long[16];
  private long[] table = emptyTable(MOST_KEPT);
  private int size;

  static long pair(int state, int number) {
    return (long) state << 32 | number;
  }

  static int state(long pair) {
    return (int) (pair >>> 32);
  }

  static int number(long pair) {
    return (int) pair;
  }

  void clear() {
    if (table.length > MOST_KEPT) {
      table = emptyTable(MOST_KEPT);
    } else {
      Arrays.fill(table, FREE);
    }
    size = 0;
  }

  void add(int state, int number) {
    long pair = pair(state, number);
    int slot = slot(pair);
    if (table[slot] == pair) {
      return;
    }
    table[slot] = pair;
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = pair;
    if (size * 2 > table.length) {
      table = emptyTable(2 * table.length);
      for (int i = 0; i < size; i++) {
        table[slot(values[i])] = values[i];
      }
    }
  }

  int size() {
    return size;
  }

  long get(int index) {
    return values[index];
  }

  /** All pairs, by state. */
  long[] sorted() {
    long[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    return sorted;
  }

  private int slot(long pair) {
    int slot = (int) ((pair * 0x9E3779B97F4A7C15L) >>> 40) & (table.length - 1);
    while (table[slot] != FREE && table[slot] != pair) {
      slot = (slot + 1) & (table.length - 1);
    }
    return slot;
  }

  private static long[] emptyTable(int size) {
    long[] table = new long[size];
    Arrays.fill(table, FREE);
    return table;
  }
}
