package io.longcat4j.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory outside the heap for numbers on their way; grows to the largest. Not thread-safe. */
final class HostBuffer {
  private static final int LEAST_BYTES = 1 << 16;

  private ByteBuffer memory = ByteBuffer.allocateDirect(0);

  /** From position 0 on; what was there before is void. */
  ByteBuffer of(int bytes) {
    if (memory.capacity() < bytes) {
      int larger = Math.max(bytes, Math.max(LEAST_BYTES, 2 * memory.capacity()));
      memory = ByteBuffer.allocateDirect(larger);
    }
    return memory.clear().order(ByteOrder.nativeOrder());
  }
}
