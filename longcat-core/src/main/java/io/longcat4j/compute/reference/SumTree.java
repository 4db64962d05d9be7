package io.longcat4j.compute.reference;

/** The order in which sums of slices are joined: neighbours in pairs, then the pairs, and so on. */
final class SumTree {
  private SumTree() {}

  /** The sum of as many numbers as a power of two, which are lost. */
  static float join(float[] sums) {
    for (int apart = 1; apart < sums.length; apart *= 2) {
      for (int i = 0; i < sums.length; i += 2 * apart) {
        sums[i] += sums[i + apart];
      }
    }
    return sums[0];
  }
}
