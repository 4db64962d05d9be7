package io.longcat4j.model;

import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.parallel.ColumnRuns;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A linear map whose outputs every rank needs whole: each computes a run of them, to be brought
 * together by {@link io.longcat4j.parallel.Communicator#allGather}, or each computes all.
 *
 * @param own for this rank's outputs
 * @param starts where the outputs of each rank begin, and where those of the last end; null where
 *     each computes all
 */
record SharedProjection(Projection own, int rank, int @Nullable [] starts) {
  /** Computes this rank's columns. */
  void apply(Stream stream, Tensor x, Tensor into) {
    if (starts == null) {
      own.apply(stream, x, into);
    } else {
      own.apply(stream, x, into.columns(starts[rank], starts[rank + 1] - starts[rank]));
    }
  }

  /** Tells what is to be brought together. */
  void addRuns(Tensor into, List<ColumnRuns> runs) {
    if (starts != null) {
      runs.add(new ColumnRuns(into, starts));
    }
  }
}
