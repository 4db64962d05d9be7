package io.longcat4j.json;

import java.util.Arrays;

/**
 * Follows what reads nothing, from states that were reached by a byte, and brings together the
 * stacks of each state: there is one set of stacks for a state, whatever the ways that lead to it,
 * so that the work grows with the states and not with the ways. Not thread-safe.
 */
final class Closure {
  private final Network network;
  private final CallStacks stacks;
  private final Positions returned = new Positions();
  private final Positions entered = new Positions();

  /** Where stacks of each entered state come from: sets below {@link #setSource}, or entries. */
  private LongBuffer[] sources = {};

  private boolean complete;
  private long steps;

  Closure(Network network, CallStacks stacks) {
    this.network = network;
    this.stacks = stacks;
  }

  /** Begins anew. */
  void clear() {
    returned.clear();
    complete = false;
  }

  /** A state that was reached, and its set of stacks. */
  void add(int state, int set) {
    returned.add(state, set);
  }

  /** How many steps were taken since ever. */
  long steps() {
    return steps;
  }

  /** Whether the document may end here; after {@link #positions()}. */
  boolean isComplete() {
    return complete;
  }

  /** The states that read, sorted, each once, with their stacks. */
  long[] positions() {
    followReturns();
    long[] order = entered();
    while (sources.length < order.length) {
      sources = grown(sources);
    }
    for (int i = 0; i < returned.size(); i++) {
      long position = returned.get(i);
      source(order, Positions.state(position), setSource(Positions.number(position)));
    }
    long[] reading = new long[order.length];
    int count = 0;
    for (int i = 0; i < order.length; i++) {
      int state = (int) order[i];
      int set = setOf(sources[i]);
      sources[i].clear();
      enter(order, state, set);
      if (!network.ranges().isEmpty(state)) {
        reading[count++] = Positions.pair(state, set);
      }
    }
    long[] positions = Arrays.copyOf(reading, count);
    Arrays.sort(positions);
    return positions;
  }

  /** Ends parts that were called before the last byte; what is called anew ends in its caller. */
  private void followReturns() {
    for (int i = 0; i < returned.size(); i++) {
      steps++;
      int state = Positions.state(returned.get(i));
      int set = Positions.number(returned.get(i));
      ArcTable skips = network.skips();
      for (int arc = skips.from(state); arc < skips.to(state); arc++) {
        returned.add(skips.get(arc), set);
      }
      ArcTable calls = network.calls();
      for (int arc = calls.from(state); arc < calls.to(state); arc += 2) {
        if (network.nullable()[calls.get(arc)]) {
          returned.add(calls.get(arc + 1), set);
        }
      }
      if (network.ends()[state]) {
        for (long entry : stacks.entries(set)) {
          if (entry == CallStacks.NO_CALL) {
            complete = true;
          } else {
            returned.add(CallStacks.goOn(entry), CallStacks.below(entry));
          }
        }
      }
    }
  }

  /** All states that are entered, with their ranks in the high half, in the order of these. */
  private long[] entered() {
    entered.clear();
    for (int i = 0; i < returned.size(); i++) {
      entered.add(Positions.state(returned.get(i)), 0);
    }
    ArcTable skips = network.skips();
    ArcTable calls = network.calls();
    for (int i = 0; i < entered.size(); i++) {
      steps++;
      int state = Positions.state(entered.get(i));
      for (int arc = skips.from(state); arc < skips.to(state); arc++) {
        entered.add(skips.get(arc), 0);
      }
      for (int arc = calls.from(state); arc < calls.to(state); arc += 2) {
        entered.add(calls.get(arc), 0);
        if (network.nullable()[calls.get(arc)]) {
          entered.add(calls.get(arc + 1), 0);
        }
      }
    }
    long[] order = new long[entered.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = key(Positions.state(entered.get(i)));
    }
    Arrays.sort(order);
    return order;
  }

  private void enter(long[] order, int state, int set) {
    ArcTable skips = network.skips();
    for (int arc = skips.from(state); arc < skips.to(state); arc++) {
      source(order, skips.get(arc), setSource(set));
    }
    ArcTable calls = network.calls();
    for (int arc = calls.from(state); arc < calls.to(state); arc += 2) {
      int goOn = calls.get(arc + 1);
      source(order, calls.get(arc), CallStacks.entry(goOn, set));
      if (network.nullable()[calls.get(arc)]) {
        source(order, goOn, setSource(set));
      }
    }
  }

  private void source(long[] order, int state, long source) {
    steps++;
    sources[Arrays.binarySearch(order, key(state))].add(source);
  }

  private int setOf(LongBuffer from) {
    long first = from.get(0);
    boolean same = first < CallStacks.NO_CALL;
    for (int i = 1; i < from.size() && same; i++) {
      same = from.get(i) == first;
    }
    return same ? setOf(first) : stacks.of(union(from));
  }

  private long[] union(LongBuffer from) {
    LongBuffer entries = new LongBuffer();
    for (int i = 0; i < from.size(); i++) {
      long source = from.get(i);
      if (source >= CallStacks.NO_CALL) {
        entries.add(source);
        continue;
      }
      for (long entry : stacks.entries(setOf(source))) {
        steps++;
        entries.add(entry);
      }
    }
    return entries.sortedOnce();
  }

  private long key(int state) {
    return (long) network.ranks()[state] << 32 | state;
  }

  /** A whole set as a source. */
  private static long setSource(int set) {
    return CallStacks.NO_CALL - 1 - set;
  }

  private static int setOf(long source) {
    return (int) (CallStacks.NO_CALL - 1 - source);
  }

  private static LongBuffer[] grown(LongBuffer[] buffers) {
    LongBuffer[] more = Arrays.copyOf(buffers, Math.max(16, 2 * buffers.length));
    for (int i = buffers.length; i < more.length; i++) {
      more[i] = new LongBuffer();
    }
    return more;
  }
}
