package io.longcat4j.checkpoint;

/** What the stored numbers of a weight are multiplied with. Immutable and thread-safe. */
public sealed interface WeightScales {
  /** Nothing: the numbers mean themselves. */
  enum None implements WeightScales {
    NONE
  }

  /**
   * One factor for each block of an F8_E4M3 matrix.
   *
   * @param factors of a format that {@link io.longcat4j.tensor.DType#isScale}, {@code [ceil(rows of
   *     the matrix / rows), ceil(its columns / columns)]}; the blocks at the right and lower edge
   *     may be partial
   * @param rows rows of a block
   * @param columns columns of a block
   */
  record Blocks(StoredTensor factors, int rows, int columns) implements WeightScales {}

  /**
   * One factor for each run of columns of an integer matrix. I8 numbers mean themselves; a U8
   * number holds two of 4 bits, the lower half first, each meaning its value minus 8, and the last
   * half of a row with an odd number of columns is unused.
   *
   * @param factors BF16 {@code [rows of the matrix, ceil(columns / size)]}; the last group of a row
   *     may be partial
   * @param size columns of a group; even for U8
   * @param columns columns of the matrix, twice those stored or one less for U8
   */
  record Groups(StoredTensor factors, int size, long columns) implements WeightScales {}

  /**
   * No scales.
   *
   * @return {@link None#NONE}
   */
  static WeightScales none() {
    return None.NONE;
  }
}
