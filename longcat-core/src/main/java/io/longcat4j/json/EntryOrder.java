package io.longcat4j.json;

/**
 * Ranks the states of a network so that whatever is entered from a state without reading has a
 * larger rank. Not thread-safe.
 */
final class EntryOrder {
  private static final int NEW = 0;
  private static final int DONE = -1;

  private final ArcTable skips;
  private final ArcTable calls;
  private final boolean[] nullable;
  private final Work work;
  private final int[] ranks;

  /** One more than how many successors of a state on the path were visited. */
  private final int[] visits;

  private int lowest;

  EntryOrder(ArcTable skips, ArcTable calls, boolean[] nullable, Work work) {
    this.skips = skips;
    this.calls = calls;
    this.nullable = nullable;
    this.work = work;
    this.ranks = new int[nullable.length];
    this.visits = new int[nullable.length];
    this.lowest = nullable.length;
  }

  int[] ranks() {
    IntBuffer path = new IntBuffer();
    for (int state = 0; state < ranks.length; state++) {
      if (visits[state] == NEW) {
        path.add(state);
        follow(path);
      }
    }
    return ranks;
  }

  private void follow(IntBuffer path) {
    while (!path.isEmpty()) {
      work.step();
      int state = path.get(path.size() - 1);
      int next = successor(state, visits[state]++);
      if (next < 0) {
        ranks[state] = --lowest;
        visits[state] = DONE;
        path.removeLast();
      } else if (visits[next] == NEW) {
        path.add(next);
      } else if (visits[next] != DONE) {
        throw new IllegalStateException("a network enters a state again without reading");
      }
    }
  }

  /** The state's own successors by number, negative after the last; itself where there is none. */
  private int successor(int state, int number) {
    int skip = skips.from(state) + number;
    if (skip < skips.to(state)) {
      return skips.get(skip);
    }
    int call = calls.from(state) + skip - skips.to(state);
    if (call >= calls.to(state)) {
      return -1;
    }
    boolean isGoOn = (call - calls.from(state)) % 2 == 1;
    return isGoOn && !nullable[calls.get(call - 1)] ? calls.get(call - 1) : calls.get(call);
  }
}
