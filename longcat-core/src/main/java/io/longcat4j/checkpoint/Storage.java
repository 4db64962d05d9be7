package io.longcat4j.checkpoint;

import java.nio.ByteBuffer;

/**
 * Bytes of any length, usually a memory-mapped file. Immutable and thread-safe. Every buffer given
 * out keeps the memory behind it alive, so nothing needs closing.
 */
public interface Storage {
  /** The longest run of bytes that {@link #slice} gives out in one piece: 1 GiB. */
  int MAX_SLICE = 1 << 30;

  /**
   * The length.
   *
   * @return bytes
   */
  long bytes();

  /**
   * Whether these are pages of a file, which may leave memory and come again by themselves.
   *
   * @return false for memory that would be lost
   */
  default boolean isMapped() {
    return false;
  }

  /**
   * A run of bytes.
   *
   * @param offset from the start, at least 0
   * @param length at most {@link #MAX_SLICE}
   * @return a read-only, little-endian, direct buffer whose position is 0 and limit is {@code
   *     length}
   * @throws IndexOutOfBoundsException if the run leaves the storage
   */
  ByteBuffer slice(long offset, int length);
}
