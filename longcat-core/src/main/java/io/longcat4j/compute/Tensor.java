package io.longcat4j.compute;

/**
 * A matrix of F32 in a backend's memory, or a window on one. A cache may keep its rows in fewer
 * bits: then only {@link Stream#scatter}, {@link Stream#copy} and {@link Stream#latentAttention}
 * take it. Not thread-safe: operations order all access.
 */
public interface Tensor extends AutoCloseable {
  /**
   * How many rows.
   *
   * @return at least 0
   */
  int rows();

  /**
   * How many columns.
   *
   * @return at least 1
   */
  int columns();

  /**
   * How its rows are kept.
   *
   * @return F32 unless it is a cache that was made otherwise
   */
  RowFormat format();

  /**
   * A window on some rows; it keeps this tensor alive, and closing it does nothing.
   *
   * @param from first row
   * @param count how many
   * @return the window
   * @throws IndexOutOfBoundsException if it leaves the tensor
   */
  Tensor rows(int from, int count);

  /**
   * A window on some columns of F32; it keeps this tensor alive, and closing it does nothing.
   *
   * @param from first column
   * @param count how many
   * @return the window
   * @throws IllegalArgumentException if the rows are not kept in F32
   * @throws IndexOutOfBoundsException if it leaves the tensor
   */
  Tensor columns(int from, int count);

  /** Frees the memory, unless this is a window; idempotent. */
  @Override
  void close();
}
