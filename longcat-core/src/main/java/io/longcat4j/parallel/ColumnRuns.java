package io.longcat4j.parallel;

import io.longcat4j.compute.Tensor;

/**
 * A matrix of whose columns every rank computes a run.
 *
 * @param whole of the same shape on all ranks; when it is handed to {@link Communicator#allGather},
 *     the columns of this rank are there
 * @param starts where the columns of each rank begin, and where those of the last end: one number
 *     more than there are ranks, from 0, ascending, the same on all ranks; not to be changed
 */
public record ColumnRuns(Tensor whole, int[] starts) {
  /** The columns of a rank, of some rows. */
  Tensor of(int rank, int row, int rows) {
    return whole.rows(row, rows).columns(starts[rank], count(rank));
  }

  int count(int rank) {
    return starts[rank + 1] - starts[rank];
  }
}
