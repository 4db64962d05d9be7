package io.longcat4j.json;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sets of states a {@link Network} can be in, as a deterministic automaton that is computed
 * where it is needed and kept: a step that was taken once costs one look into a table. Not
 * thread-safe.
 */
final class Configurations {
  /** No document begins like this. */
  static final int DEAD = 0;

  private static final int UNKNOWN = -1;

  /** States that read, each with its stack in the high half; and whether a document may end. */
  private record Configuration(long[] positions, boolean complete) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Configuration that
          && complete == that.complete
          && Arrays.equals(positions, that.positions);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(positions) + Boolean.hashCode(complete);
    }
  }

  private final Network network;
  private final int[] classes;
  private final int classCount;
  private final CallStacks stacks = new CallStacks();
  private final List<Configuration> configurations = new ArrayList<>();
  private final List<int[]> next = new ArrayList<>();
  private final Map<Configuration, Integer> numbers = new HashMap<>();
  private final PositionSet reached = new PositionSet();

  Configurations(Network network) {
    this.network = network;
    this.classes = network.byteClasses();
    this.classCount = classes[255] + 1;
    number(new Configuration(new long[0], false));
  }

  /** Before the first byte. */
  int start() {
    reached.clear();
    reached.add(position(network.start(), CallStacks.EMPTY));
    return closed();
  }

  /** After one more byte, or {@link #DEAD}. */
  int next(int configuration, int b) {
    int[] table = next.get(configuration);
    int known = table[classes[b]];
    if (known != UNKNOWN) {
      return known;
    }
    int computed = step(configurations.get(configuration), b);
    table[classes[b]] = computed;
    return computed;
  }

  /** Whether the bytes so far are a document. */
  boolean isComplete(int configuration) {
    return configurations.get(configuration).complete();
  }

  /** How many are known. */
  int size() {
    return configurations.size();
  }

  private int step(Configuration from, int b) {
    reached.clear();
    for (long position : from.positions()) {
      int[] arcs = network.ranges()[(int) position];
      for (int i = 0; i < arcs.length; i += 3) {
        if (b >= arcs[i] && b <= arcs[i + 1]) {
          reached.add(position(arcs[i + 2], (int) (position >>> 32)));
        }
      }
    }
    return closed();
  }

  /** Follows everything that reads nothing. */
  private int closed() {
    boolean complete = false;
    for (int i = 0; i < reached.size(); i++) {
      int state = (int) reached.get(i);
      int stack = (int) (reached.get(i) >>> 32);
      for (int target : network.skips()[state]) {
        reached.add(position(target, stack));
      }
      int[] calls = network.calls()[state];
      for (int c = 0; c < calls.length; c += 2) {
        reached.add(position(calls[c], stacks.push(calls[c + 1], stack)));
      }
      if (network.ends()[state]) {
        if (stack == CallStacks.EMPTY) {
          complete = true;
        } else {
          reached.add(position(stacks.goOn(stack), stacks.pop(stack)));
        }
      }
    }
    long[] reading =
        reached.stream().filter(p -> network.ranges()[(int) p].length > 0).sorted().toArray();
    return number(new Configuration(reading, complete));
  }

  private int number(Configuration configuration) {
    Integer known = numbers.get(configuration);
    if (known != null) {
      return known;
    }
    int number = configurations.size();
    configurations.add(configuration);
    numbers.put(configuration, number);
    int[] table = new int[classCount];
    Arrays.fill(table, UNKNOWN);
    next.add(table);
    return number;
  }

  private static long position(int state, int stack) {
    return (long) stack << 32 | state;
  }
}
