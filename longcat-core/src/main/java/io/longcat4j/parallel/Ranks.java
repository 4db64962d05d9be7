package io.longcat4j.parallel;

import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;

/**
 * The processes or devices that compute one model together. Every rank runs the same program on its
 * slice of heads, columns and experts; sums over ranks make the slices whole.
 */
public interface Ranks {
  /**
   * How many.
   *
   * @return at least 1
   */
  int size();

  /**
   * Which one this is.
   *
   * @return from 0
   */
  int rank();

  /**
   * Replaces a tensor by its sum over all ranks, in the stream's order.
   *
   * @param stream where it happens
   * @param partial this rank's share, then the sum
   */
  void sum(Stream stream, Tensor partial);

  /**
   * One rank that holds everything.
   *
   * @return ranks whose sums cost nothing
   */
  static Ranks single() {
    return SingleRank.INSTANCE;
  }
}
