package io.longcat4j.json;

import java.util.Arrays;

/**
 * Finds the states of a network from which the end of their part can be reached, in time that grows
 * with the arcs. Not thread-safe.
 */
final class Reachability {
  private final boolean[] reaches;
  private final Work work;

  /** For each arc its state, then how many of its targets are not known to reach an end. */
  private final IntBuffer sources = new IntBuffer();

  private final IntBuffer targets = new IntBuffer();
  private final IntBuffer arcOfTarget = new IntBuffer();
  private final IntBuffer pending = new IntBuffer();

  Reachability(boolean[] ends, Work work) {
    this.reaches = ends.clone();
    this.work = work;
  }

  /** An arc that reaches an end if its target does. */
  void arc(int from, int target) {
    target(target);
    finish(from, 1);
  }

  /** An arc that reaches an end if both its targets do. */
  void arc(int from, int target, int other) {
    target(target);
    target(other);
    finish(from, 2);
  }

  private void target(int state) {
    work.step();
    targets.add(state);
    arcOfTarget.add(sources.size());
  }

  private void finish(int from, int count) {
    sources.add(from);
    pending.add(count);
  }

  boolean[] find() {
    int[] head = new int[reaches.length];
    int[] next = new int[targets.size()];
    Arrays.fill(head, -1);
    for (int i = 0; i < next.length; i++) {
      next[i] = head[targets.get(i)];
      head[targets.get(i)] = i;
    }
    int[] missing = new int[sources.size()];
    for (int arc = 0; arc < missing.length; arc++) {
      missing[arc] = pending.get(arc);
    }
    IntBuffer found = new IntBuffer();
    for (int state = 0; state < reaches.length; state++) {
      if (reaches[state]) {
        found.add(state);
      }
    }
    while (!found.isEmpty()) {
      for (int i = head[found.removeLast()]; i >= 0; i = next[i]) {
        work.step();
        int arc = arcOfTarget.get(i);
        int from = sources.get(arc);
        if (--missing[arc] == 0 && !reaches[from]) {
          reaches[from] = true;
          found.add(from);
        }
      }
    }
    return reaches;
  }
}
