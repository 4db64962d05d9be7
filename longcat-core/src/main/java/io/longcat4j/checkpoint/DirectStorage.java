package io.longcat4j.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Bytes in native memory, for what a file does not hold in a usable form. Immutable, thread-safe.
 */
final class DirectStorage implements Storage {
  private final ByteBuffer memory;

  /**
   * Takes over a buffer.
   *
   * @param memory a direct buffer, filled from 0 to its capacity; not to be changed any more
   */
  DirectStorage(ByteBuffer memory) {
    if (!memory.isDirect()) {
      throw new IllegalArgumentException("a direct buffer is needed");
    }
    this.memory = memory.duplicate().clear().asReadOnlyBuffer();
  }

  @Override
  public long bytes() {
    return memory.capacity();
  }

  @Override
  public ByteBuffer slice(long offset, int length) {
    Objects.checkFromIndexSize(offset, /* size= */ length, /* length= */ bytes());
    return memory.slice((int) offset, length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
