package io.longcat4j.parallel;

import java.util.List;

/**
 * A part of the machine whose processors reach one part of its memory faster than the rest.
 *
 * @param id as the system numbers it
 * @param cpus that this process may use, in ascending order; at least one
 * @param memoryBytes of the part; at least 1
 */
public record NumaNode(int id, List<Integer> cpus, long memoryBytes) {
  /** Keeps a list of its own. */
  public NumaNode {
    cpus = List.copyOf(cpus);
  }
}
