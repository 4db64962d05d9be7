package io.longcat4j.compute;

/**
 * A block of numbers where the host can see them, filled by {@link Stream#read(Tensor, Readout)} in
 * one go. A backend whose tensors the host sees anyway copies nothing before a row is asked for.
 * Used by one thread at a time.
 */
public interface Readout extends AutoCloseable {
  /**
   * Rows of the block.
   *
   * @return 0 before it is first filled
   */
  int rows();

  /**
   * Copies a row to the heap; waits for the stream that fills the block.
   *
   * @param index below {@link #rows()}
   * @param into receives the columns from index 0 on
   * @throws IndexOutOfBoundsException if there is no such row, or no room for it
   */
  void row(int index, float[] into);

  /** Frees the memory; idempotent. */
  @Override
  void close();
}
