package io.longcat4j.model;

import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.tensor.DType;

/**
 * The part of every sliced dimension that one of several ranks holds: neighbouring runs in the
 * order of ranks. Sums over a sliced dimension are made of eight slices, or of as many as divide
 * it, whatever the number of ranks, so that one, two, four and eight ranks give the same bits; any
 * other number of ranks has one slice each.
 *
 * @param rank from 0
 * @param size how many ranks, at least 1
 */
record Share(int rank, int size) {
  private static final int SLICES = 8;

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

  /** Where the rows of a vocabulary begin on a rank; of one rank too many, where all end. */
  static int vocabularyStart(int vocabulary, int rank, int size) {
    return (int) ((long) vocabulary * rank / size);
  }

  /** Where the rows of a vocabulary begin on each rank, and where those of the last one end. */
  int[] vocabularyStarts(int vocabulary) {
    int[] starts = new int[size + 1];
    for (int r = 0; r <= size; r++) {
      starts[r] = vocabularyStart(vocabulary, r, size);
    }
    return starts;
  }

  /** This rank's rows of a matrix whose rows may be shared unevenly. */
  ScaledTensor vocabulary(ScaledTensor whole, int vocabulary) {
    int[] starts = vocabularyStarts(vocabulary);
    return whole.rows(starts[rank], starts[rank + 1] - starts[rank]);
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
