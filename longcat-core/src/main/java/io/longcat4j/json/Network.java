package io.longcat4j.json;

/**
 * A recursive transition network over bytes: states with arcs that read a byte of a range, arcs
 * that read nothing, and arcs that call another part of the network and go on where it ends. Only
 * states from which an end can be reached are connected, and no state is entered again without
 * reading. Immutable.
 *
 * @param start where a document begins; negative if there is no document
 * @param ranges lowest byte, highest byte, target
 * @param skips targets that are reached without reading
 * @param calls the called state and where to go on
 * @param ends states that end the part of the network they belong to
 * @param nullable states from which the end of their part is reached without reading
 * @param ranks larger for what is entered, without reading, from a state
 */
record Network(
    int start,
    ArcTable ranges,
    ArcTable skips,
    ArcTable calls,
    boolean[] ends,
    boolean[] nullable,
    int[] ranks) {
  int states() {
    return ends.length;
  }

  /** Bytes that no arc tells apart have the same number; numbers are dense from 0. */
  int[] byteClasses() {
    boolean[] border = new boolean[257];
    for (int i = 0; i < ranges.size(); i += 3) {
      border[ranges.get(i)] = true;
      border[ranges.get(i + 1) + 1] = true;
    }
    int[] classes = new int[256];
    int last = 0;
    for (int b = 1; b < 256; b++) {
      last += border[b] ? 1 : 0;
      classes[b] = last;
    }
    return classes;
  }
}
