package io.longcat4j.compute;

/**
 * Whole numbers that a stream makes and the host sees, such as {@link Stream#largest}: a few bytes
 * where the host would else read what they are made of. Used by one thread at a time.
 */
public interface Integers extends AutoCloseable {
  /**
   * One of the numbers that were made last; waits for the stream that makes them.
   *
   * @param index from 0
   * @return the number
   * @throws IndexOutOfBoundsException if fewer were made
   */
  int get(int index);

  /** Frees the memory; idempotent. */
  @Override
  void close();
}
