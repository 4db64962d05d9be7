package io.longcat4j.model;

import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.compute.Tensor;
import io.longcat4j.tensor.DType;

/**
 * The part of every sliced dimension that one of several ranks holds: neighbouring runs in the
 * order of ranks. Sums over a sliced dimension are made of eight slices, or of as many as divide
 * it, whatever the number of ranks, so that one, two, four and eight ranks give the same bits; any
 * other number of ranks has one slice each.
 *
 * @param rank from 0
 * @param size how many ranks, at least 1
 * @param gathersLowRank whether ranks compute runs of what low-rank maps put out and bring them
 *     together, which is the same numbers; otherwise each computes all
 */
record Share(int rank, int size, boolean gathersLowRank) {
  private static final int SLICES = 8;

  /** Nothing is gathered but logits. */
  Share(int rank, int size) {
    this(rank, size, false);
  }

  /** How many of so many; {@link RankShapes} has seen that they divide. */
  int of(int count) {
    if (count % size != 0) {
      throw new IllegalArgumentException(count + " cannot be shared by " + size + " ranks");
    }
    return count / size;
  }

  /** The first of this rank. */
  int from(int count) {
    return rank * of(count);
  }

  /** How many slices this rank sums of so many things. */
  int slices(int count) {
    boolean isPowerOfTwo = Integer.bitCount(size) == 1;
    int all = SLICES;
    while (count % all != 0) {
      all /= 2;
    }
    return isPowerOfTwo && size <= all ? all / size : 1;
  }

  /**
   * Where the run of a rank begins that need not be as long as others; of one rank too many, where
   * all end.
   */
  static int runStart(int count, int rank, int size) {
    return (int) ((long) count * rank / size);
  }

  /** Where the run of each rank begins, and where that of the last one ends. */
  int[] runStarts(int count) {
    int[] starts = new int[size + 1];
    for (int r = 0; r <= size; r++) {
      starts[r] = runStart(count, r, size);
    }
    return starts;
  }

  /** This rank's rows of a matrix or vector whose rows may be shared unevenly. */
  ScaledTensor run(ScaledTensor whole, int rows) {
    int from = runStart(rows, rank, size);
    return whole.rows(from, runStart(rows, rank + 1, size) - from);
  }

  /** Whether ranks bring together so many outputs of a low-rank map. */
  boolean gathers(int outputs) {
    return gathersLowRank && outputs >= size;
  }

  /** Where this rank writes its outputs of a low-rank map. */
  Tensor ownColumns(Tensor whole) {
    int columns = whole.columns();
    if (!gathers(columns)) {
      return whole;
    }
    int from = runStart(columns, rank, size);
    return whole.columns(from, runStart(columns, rank + 1, size) - from);
  }

  /** This rank's rows of a matrix. */
  ScaledTensor rows(ScaledTensor whole, int rows) {
    return whole.rows(from(rows), of(rows));
  }

  /** This rank's columns of a matrix. */
  ScaledTensor columns(ScaledTensor whole, int columns) {
    return whole.columns(from(columns), of(columns));
  }

  /** How many slices of columns this rank sums; two numbers of 4 bits are not parted. */
  int columnSlices(ScaledTensor whole, int columns) {
    boolean pairs = whole.values().dtype() == DType.U8;
    return slices(pairs && columns % 2 == 0 ? columns / 2 : pairs ? 1 : columns);
  }
}
