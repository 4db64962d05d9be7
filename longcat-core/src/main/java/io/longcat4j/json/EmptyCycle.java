package io.longcat4j.json;

import java.util.ArrayDeque;
import java.util.Deque;

/** Depth-first search for a cycle, without recursion. */
final class EmptyCycle {
  private static final byte OPEN = 1;
  private static final byte DONE = 2;

  private EmptyCycle() {}

  /** Which states follow a state. */
  interface Successors {
    int[] of(int state, boolean[] nullable);
  }

  private record Visit(int state, int[] next, int[] position) {}

  static boolean isReachedFrom(
      int start, Successors successors, boolean[] nullable, byte[] colour) {
    Deque<Visit> path = new ArrayDeque<>();
    path.push(visit(start, successors, nullable, colour));
    while (!path.isEmpty()) {
      Visit visit = path.peek();
      if (visit.position()[0] == visit.next().length) {
        colour[visit.state()] = DONE;
        path.pop();
        continue;
      }
      int next = visit.next()[visit.position()[0]++];
      if (colour[next] == OPEN) {
        return true;
      }
      if (colour[next] != DONE) {
        path.push(visit(next, successors, nullable, colour));
      }
    }
    return false;
  }

  private static Visit visit(int state, Successors successors, boolean[] nullable, byte[] colour) {
    colour[state] = OPEN;
    return new Visit(state, successors.of(state, nullable), new int[1]);
  }
}
