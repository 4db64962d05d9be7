package io.longcat4j.compute;

/** In which numbers a tensor keeps its rows. Only caches have others than F32. */
public enum RowFormat {
  /** As computed. */
  F32,
  /** Rounded to BF16: half the memory. */
  BF16,
  /** Rounded to FP8 E4M3 with one F32 scale a row: about a quarter of the memory. */
  FP8;

  /**
   * Memory of a row.
   *
   * @param columns at least 1
   * @return bytes, the scale included
   */
  public long rowBytes(int columns) {
    return switch (this) {
      case F32 -> (long) Float.BYTES * columns;
      case BF16 -> (long) Short.BYTES * columns;
      case FP8 -> (long) columns + Float.BYTES;
    };
  }
}
