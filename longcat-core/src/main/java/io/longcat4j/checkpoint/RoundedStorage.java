package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * F64 numbers, given out as if they were F32: each is rounded to the nearest, ties to even. Nothing
 * is held: each slice is rounded into a direct buffer of its own. Immutable and thread-safe.
 */
final class RoundedStorage implements Storage {
  private static final int NUMBERS_AT_ONCE = 1 << 20;

  private final StoredTensor numbers;

  /**
   * Rounds a tensor.
   *
   * @param numbers of F64
   */
  RoundedStorage(StoredTensor numbers) {
    this.numbers = numbers;
  }

  @Override
  public long bytes() {
    return numbers.byteSize() / Double.BYTES * Float.BYTES;
  }

  @Override
  public ByteBuffer slice(long offset, int length) {
    Objects.checkFromIndexSize(offset, /* size= */ length, /* length= */ bytes());
    Objects.checkIndex(length, MAX_SLICE + 1);
    long first = offset / Float.BYTES;
    int skip = (int) (offset % Float.BYTES);
    int count = (skip + length + Float.BYTES - 1) / Float.BYTES;
    ByteBuffer rounded =
        ByteBuffer.allocateDirect(Math.multiplyExact(count, Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int done = 0; done < count; done += NUMBERS_AT_ONCE) {
      round(first + done, Math.min(NUMBERS_AT_ONCE, count - done), rounded);
    }
    return rounded.flip().slice(skip, length).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private void round(long first, int count, ByteBuffer into) {
    ByteBuffer doubles = numbers.bytes(first * Double.BYTES, count * Double.BYTES);
    for (int i = 0; i < count; i++) {
      double number = doubles.getDouble(i * Double.BYTES);
      float nearest = (float) number;
      if (Float.isInfinite(nearest) && Double.isFinite(number)) {
        throw new CheckpointException(
            numbers.file()
                + ": tensor "
                + numbers.name()
                + " holds "
                + number
                + ", beyond the range of F32; save it as F32 or BF16");
      }
      into.putFloat(nearest);
    }
  }
}
