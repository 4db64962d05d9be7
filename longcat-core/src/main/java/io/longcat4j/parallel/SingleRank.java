package io.longcat4j.parallel;

import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;

/** One rank that holds everything. */
enum SingleRank implements Ranks {
  INSTANCE;

  @Override
  public int size() {
    return 1;
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public void sum(Stream stream, Tensor partial) {
    // The only rank's share is the sum.
  }
}
