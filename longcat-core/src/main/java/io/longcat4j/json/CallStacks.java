package io.longcat4j.json;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sets of stacks that say where the open parts of a document go on. A set is a sorted list of
 * entries, each a state to go on at and the set of stacks below it, so that stacks with common
 * lower parts share them; equal lists have equal numbers, and a set's number is larger than those
 * of the sets below it. Not thread-safe.
 */
final class CallStacks {
  /** The number of the set that holds the empty stack alone. */
  static final int EMPTY = 0;

  /** In the place of an entry: the empty stack. */
  static final long NO_CALL = -1;

  private record Entries(long[] values) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Entries that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }
  }

  private final List<long[]> sets = new ArrayList<>();
  private final Map<Entries, Integer> numbers = new HashMap<>();
  private long cells;

  CallStacks() {
    of(new long[] {NO_CALL});
  }

  /** One call on top of a set of stacks. */
  static long entry(int goOn, int below) {
    return (long) below << 32 | goOn;
  }

  static int goOn(long entry) {
    return (int) entry;
  }

  static int below(long entry) {
    return (int) (entry >>> 32);
  }

  /** The entries of a set; not to be changed. */
  long[] entries(int set) {
    return sets.get(set);
  }

  /** The set of sorted entries, each once. */
  int of(long[] entries) {
    Entries key = new Entries(entries);
    Integer known = numbers.get(key);
    if (known != null) {
      return known;
    }
    sets.add(entries);
    numbers.put(key, sets.size() - 1);
    cells += entries.length + 8;
    return sets.size() - 1;
  }

  /** About how many numbers are held. */
  long cells() {
    return cells;
  }
}
