package io.longcat4j.json;

/**
 * A recursive transition network over bytes: states with arcs that read a byte of a range, arcs
 * that read nothing, and arcs that call another part of the network and go on where it ends. Only
 * states from which an end can be reached are connected. Immutable.
 *
 * @param start where a document begins
 * @param ranges for each state, triples of lowest byte, highest byte, target
 * @param skips for each state, targets that are reached without reading
 * @param calls for each state, pairs of the called state and where to go on
 * @param ends states that end the part of the network they belong to
 */
record Network(int start, int[][] ranges, int[][] skips, int[][] calls, boolean[] ends) {
  int states() {
    return ends.length;
  }

  /** Bytes that no arc tells apart have the same number; numbers are dense from 0. */
  int[] byteClasses() {
    boolean[] border = new boolean[257];
    for (int[] arcs : ranges) {
      for (int i = 0; i < arcs.length; i += 3) {
        border[arcs[i]] = true;
        border[arcs[i + 1] + 1] = true;
      }
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
