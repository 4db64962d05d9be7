package io.longcat4j.json;

import java.nio.charset.StandardCharsets;

/** Puts a {@link Network} together. Not thread-safe. */
final class NetworkBuilder {
  /** Larger networks are refused, before they take all memory. */
  static final int MAX_STATES = 1_000_000;

  private static final int MAX_ARCS = 4 * MAX_STATES;

  private final Work work;

  /** State, lowest byte, highest byte, target of each. */
  private final IntBuffer ranges = new IntBuffer();

  /** State and target of each. */
  private final IntBuffer skips = new IntBuffer();

  /** State, called state and where to go on of each. */
  private final IntBuffer calls = new IntBuffer();

  /** For each state whether it ends its part. */
  private final IntBuffer ends = new IntBuffer();

  private int arcs;

  /** The network would be too large. */
  static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  NetworkBuilder(Work work) {
    this.work = work;
  }

  int state() {
    return state(0);
  }

  /** A state that ends its part. */
  int end() {
    return state(1);
  }

  private int state(int end) {
    work.step();
    if (ends.size() == MAX_STATES) {
      throw new TooLargeException();
    }
    ends.add(end);
    return ends.size() - 1;
  }

  void range(int from, int lowest, int highest, int to) {
    arc();
    ranges.add(from);
    ranges.add(lowest);
    ranges.add(highest);
    ranges.add(to);
  }

  void skip(int from, int to) {
    arc();
    skips.add(from);
    skips.add(to);
  }

  void call(int from, int part, int to) {
    arc();
    calls.add(from);
    calls.add(part);
    calls.add(to);
  }

  private void arc() {
    work.step();
    if (++arcs > MAX_ARCS) {
      throw new TooLargeException();
    }
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

  void markEnd(int state) {
    ends.set(state, 1);
  }

  /** The network without ways that never end. */
  Network build(int start) {
    boolean[] end = new boolean[ends.size()];
    for (int state = 0; state < end.length; state++) {
      end[state] = ends.get(state) == 1;
    }
    boolean[] alive = reaching(end, /* reading= */ true);
    boolean[] nullable = reaching(end, /* reading= */ false);
    ArcTable liveRanges = new ArcTable(end.length, 3, ranges, arc -> alive[ranges.get(arc + 3)]);
    ArcTable liveSkips = new ArcTable(end.length, 1, skips, arc -> alive[skips.get(arc + 1)]);
    ArcTable liveCalls =
        new ArcTable(
            end.length, 2, calls, arc -> alive[calls.get(arc + 1)] && alive[calls.get(arc + 2)]);
    work.check();
    int[] ranks = new EntryOrder(liveSkips, liveCalls, nullable, work).ranks();
    return new Network(
        alive[start] ? start : -1, liveRanges, liveSkips, liveCalls, end, nullable, ranks);
  }

  /** States from which the end of their part can be reached, with or without reading on the way. */
  private boolean[] reaching(boolean[] end, boolean reading) {
    Reachability reachability = new Reachability(end, work);
    for (int arc = 0; reading && arc < ranges.size(); arc += 4) {
      reachability.arc(ranges.get(arc), ranges.get(arc + 3));
    }
    for (int arc = 0; arc < skips.size(); arc += 2) {
      reachability.arc(skips.get(arc), skips.get(arc + 1));
    }
    for (int arc = 0; arc < calls.size(); arc += 3) {
      reachability.arc(calls.get(arc), calls.get(arc + 1), calls.get(arc + 2));
    }
    return reachability.find();
  }
}
