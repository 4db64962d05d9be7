package io.longcat4j.cli.verify;

import java.util.Arrays;

/**
 * Choices that were made, beside those that were expected. What follows from another choice is not
 * comparable.
 *
 * @param same whether each choice is the expected one; not to be changed
 */
record Choices(boolean[] same) {
  /**
   * Compares groups of ids.
   *
   * @param size ids of each choice
   * @param expected as many as there are
   * @param actual in the same order
   */
  static Choices of(int size, int[] expected, int[] actual) {
    boolean[] same = new boolean[actual.length / size];
    for (int i = 0; i < same.length; i++) {
      int from = i * size;
      int to = from + size;
      same[i] = Arrays.equals(expected, from, to, actual, from, to);
    }
    return new Choices(same);
  }

  /** Whether nothing is known to differ. */
  static Choices none() {
    return new Choices(new boolean[] {true});
  }

  int count() {
    return same.length;
  }

  int differing() {
    int differing = 0;
    for (boolean one : same) {
      differing += one ? 0 : 1;
    }
    return differing;
  }

  /** Whether an element follows from an expected choice, where each choice led to as many. */
  boolean isComparable(int element, int elements) {
    return same[(int) ((long) element * same.length / elements)];
  }
}
