package io.longcat4j.json;

/**
 * The arcs of one kind of all states of a network, each a fixed count of numbers, in one array.
 * Immutable once it is made.
 */
final class ArcTable {
  private final int[] first;
  private final int[] values;

  /** Which arcs stay. */
  interface Filter {
    boolean keeps(int arc);
  }

  /**
   * Sorts arcs by their states; arcs of a state stay in order.
   *
   * @param states how many there are
   * @param width numbers of an arc, without its state
   * @param arcs for each arc its state, then its numbers
   * @param filter asked with the index of an arc's state in {@code arcs}
   */
  ArcTable(int states, int width, IntBuffer arcs, Filter filter) {
    this.first = new int[states + 1];
    int kept = 0;
    for (int arc = 0; arc < arcs.size(); arc += width + 1) {
      if (filter.keeps(arc)) {
        first[arcs.get(arc) + 1] += width;
        kept += width;
      }
    }
    for (int state = 0; state < states; state++) {
      first[state + 1] += first[state];
    }
    this.values = new int[kept];
    int[] next = first.clone();
    for (int arc = 0; arc < arcs.size(); arc += width + 1) {
      if (filter.keeps(arc)) {
        int state = arcs.get(arc);
        for (int i = 1; i <= width; i++) {
          values[next[state]++] = arcs.get(arc + i);
        }
      }
    }
  }

  /** Where a state's first arc begins; the last one ends where the next state's begin. */
  int from(int state) {
    return first[state];
  }

  int to(int state) {
    return first[state + 1];
  }

  boolean isEmpty(int state) {
    return first[state] == first[state + 1];
  }

  int get(int index) {
    return values[index];
  }

  /** How many numbers all arcs have. */
  int size() {
    return values.length;
  }
}
