package io.longcat4j.json;

import io.longcat4j.InvalidRequestException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The sets of states a {@link Network} can be in, as a deterministic automaton that is computed
 * where it is needed and kept: a step that was taken once costs one look into a table. A set has
 * each state once, with all stacks it may have. Not thread-safe.
 */
final class Configurations {
  /** No document begins like this. */
  static final int DEAD = 0;

  private static final int UNKNOWN = -1;

  /** Of the work between two calls of {@link #allowWork()}; some tenths of a second. */
  private static final long MAX_STEPS = 10_000_000;

  /** States that read, each with its stacks; and whether a document may end. */
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
  private final Closure closure;
  private final List<Configuration> configurations = new ArrayList<>();
  private final List<int[]> next = new ArrayList<>();
  private final Map<Configuration, Integer> numbers = new HashMap<>();
  private long cells;
  private long steps;
  private final long maxSteps;
  private long allowed;

  Configurations(Network network) {
    this(network, MAX_STEPS);
  }

  /** With a bound on the work between two calls of {@link #allowWork()}. */
  Configurations(Network network, long maxSteps) {
    this.network = network;
    this.maxSteps = maxSteps;
    this.allowed = maxSteps;
    this.classes = network.byteClasses();
    this.classCount = classes[255] + 1;
    this.closure = new Closure(network, stacks);
    number(new Configuration(new long[0], false));
  }

  /** Before the first byte. */
  int start() {
    closure.clear();
    closure.add(network.start(), CallStacks.EMPTY);
    return closed();
  }

  /**
   * After one more byte, or {@link #DEAD}.
   *
   * @throws InvalidRequestException if so many parts of the schema are open at once that the work
   *     would hold up other requests
   */
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

  /** About how many numbers are held. */
  long cells() {
    return cells + stacks.cells();
  }

  /** How many small steps of work were done since ever. */
  long steps() {
    return steps + closure.steps();
  }

  /** Lets as much work be done from now on as one step of a reply may cost. */
  void allowWork() {
    allowed = steps() + maxSteps;
  }

  /** An automaton that knows nothing but one configuration of this one, as its last. */
  Configurations withOnly(int configuration) {
    Configurations fresh = new Configurations(network, maxSteps);
    Configuration kept = configurations.get(configuration);
    TreeSet<Integer> needed = new TreeSet<>();
    IntBuffer open = new IntBuffer();
    for (long position : kept.positions()) {
      need(Positions.number(position), needed, open);
    }
    while (!open.isEmpty()) {
      for (long entry : stacks.entries(open.removeLast())) {
        if (entry != CallStacks.NO_CALL) {
          need(CallStacks.below(entry), needed, open);
        }
      }
    }
    int[] copies = new int[needed.isEmpty() ? 0 : needed.last() + 1];
    for (int set : needed) {
      copies[set] = fresh.stacks.of(copied(stacks.entries(set), copies));
    }
    long[] positions =
        Arrays.stream(kept.positions())
            .map(p -> Positions.pair(Positions.state(p), copies[Positions.number(p)]))
            .toArray();
    fresh.number(new Configuration(positions, kept.complete()));
    return fresh;
  }

  private static long[] copied(long[] entries, int[] copies) {
    return Arrays.stream(entries)
        .map(
            entry ->
                entry == CallStacks.NO_CALL
                    ? entry
                    : CallStacks.entry(CallStacks.goOn(entry), copies[CallStacks.below(entry)]))
        .sorted()
        .toArray();
  }

  /** The number of what was added last. */
  int last() {
    return configurations.size() - 1;
  }

  private static void need(int set, Set<Integer> needed, IntBuffer open) {
    if (needed.add(set)) {
      open.add(set);
    }
  }

  private int step(Configuration from, int b) {
    closure.clear();
    ArcTable ranges = network.ranges();
    for (long position : from.positions()) {
      int state = Positions.state(position);
      for (int arc = ranges.from(state); arc < ranges.to(state); arc += 3) {
        steps++;
        if (b >= ranges.get(arc) && b <= ranges.get(arc + 1)) {
          closure.add(ranges.get(arc + 2), Positions.number(position));
        }
      }
    }
    return closed();
  }

  private int closed() {
    if (steps() > allowed) {
      throw new InvalidRequestException(
          "The JSON schema leaves so many alternatives open at once that choosing one more token"
              + " would hold up other requests; lower the number of its anyOf and of its optional"
              + " properties, or tell alternatives apart by what they begin with");
    }
    long[] positions = closure.positions();
    return number(new Configuration(positions, closure.isComplete()));
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
    cells += 2L * configuration.positions().length + classCount + 16;
    return number;
  }
}
