package io.longcat4j.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts a {@link Network} together. Not thread-safe. */
final class NetworkBuilder {
  /** Larger networks are refused, before they take all memory. */
  private static final int MAX_STATES = 300_000;

  private static final int[] NONE = {};

  private final List<int[]> ranges = new ArrayList<>();
  private final List<int[]> skips = new ArrayList<>();
  private final List<int[]> calls = new ArrayList<>();
  private final List<Boolean> ends = new ArrayList<>();

  /** The network would be too large. */
  static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  int state() {
    if (ends.size() == MAX_STATES) {
      throw new TooLargeException();
    }
    ranges.add(NONE);
    skips.add(NONE);
    calls.add(NONE);
    ends.add(false);
    return ends.size() - 1;
  }

  /** A state that ends its part. */
  int end() {
    int state = state();
    markEnd(state);
    return state;
  }

  void markEnd(int state) {
    ends.set(state, true);
  }

  void range(int from, int lowest, int highest, int to) {
    ranges.set(from, appended(ranges.get(from), lowest, highest, to));
  }

  void skip(int from, int to) {
    skips.set(from, appended(skips.get(from), to));
  }

  void call(int from, int part, int to) {
    calls.set(from, appended(calls.get(from), part, to));
  }

  /** Reads one character of ASCII; returns where it leads. */
  int read(int from, char c) {
    int to = state();
    range(from, c, c, to);
    return to;
  }

  /** Reads a text; returns where it leads. */
  int read(int from, String text) {
    int at = from;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      int next = state();
      range(at, b & 0xff, b & 0xff, next);
      at = next;
    }
    return at;
  }

  /** Calls a part; returns where it goes on. */
  int call(int from, int part) {
    int to = state();
    call(from, part, to);
    return to;
  }

  /** The network without ways that never end. */
  Network build(int start) {
    boolean[] alive = alive();
    int states = ends.size();
    int[][] liveRanges = new int[states][];
    int[][] liveSkips = new int[states][];
    int[][] liveCalls = new int[states][];
    boolean[] end = new boolean[states];
    for (int state = 0; state < states; state++) {
      liveRanges[state] = kept(ranges.get(state), 3, alive, 2, 2);
      liveSkips[state] = kept(skips.get(state), 1, alive, 0, 0);
      liveCalls[state] = kept(calls.get(state), 2, alive, 0, 1);
      end[state] = ends.get(state);
    }
    return new Network(alive[start] ? start : -1, liveRanges, liveSkips, liveCalls, end);
  }

  /** Whether a state is entered again without anything read on the way. */
  boolean hasEmptyCycle() {
    boolean[] nullable = nullable();
    byte[] colour = new byte[ends.size()];
    for (int state = 0; state < colour.length; state++) {
      if (colour[state] == 0
          && EmptyCycle.isReachedFrom(state, this::withoutReading, nullable, colour)) {
        return true;
      }
    }
    return false;
  }

  /** States that are entered from a state without reading. */
  private int[] withoutReading(int state, boolean[] nullable) {
    int[] targets = skips.get(state);
    int[] called = calls.get(state);
    for (int i = 0; i < called.length; i += 2) {
      targets = appended(targets, called[i]);
      if (nullable[called[i]]) {
        targets = appended(targets, called[i + 1]);
      }
    }
    return targets;
  }

  private boolean[] nullable() {
    return fixpoint(/* reading= */ false);
  }

  private boolean[] alive() {
    return fixpoint(/* reading= */ true);
  }

  /** States from which the end of their part can be reached, with or without reading on the way. */
  private boolean[] fixpoint(boolean reading) {
    boolean[] reaches = new boolean[ends.size()];
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int state = reaches.length - 1; state >= 0; state--) {
        if (!reaches[state] && reaches(state, reading, reaches)) {
          reaches[state] = true;
          changed = true;
        }
      }
    }
    return reaches;
  }

  private boolean reaches(int state, boolean reading, boolean[] reaches) {
    return ends.get(state)
        || (reading && count(ranges.get(state), 3, reaches, 2, 2) > 0)
        || count(skips.get(state), 1, reaches, 0, 0) > 0
        || count(calls.get(state), 2, reaches, 0, 1) > 0;
  }

  /** Arcs of a width whose two named states are both wanted. */
  private static int[] kept(int[] arcs, int width, boolean[] wanted, int one, int other) {
    int[] kept = new int[width * count(arcs, width, wanted, one, other)];
    int size = 0;
    for (int i = 0; i < arcs.length; i += width) {
      if (wanted[arcs[i + one]] && wanted[arcs[i + other]]) {
        System.arraycopy(arcs, i, kept, size, width);
        size += width;
      }
    }
    return kept;
  }

  private static int count(int[] arcs, int width, boolean[] wanted, int one, int other) {
    int count = 0;
    for (int i = 0; i < arcs.length; i += width) {
      if (wanted[arcs[i + one]] && wanted[arcs[i + other]]) {
        count++;
      }
    }
    return count;
  }

  private static int[] appended(int[] values, int... more) {
    int[] longer = Arrays.copyOf(values, values.length + more.length);
    System.arraycopy(more, 0, longer, values.length, more.length);
    return longer;
  }
}
