package io.longcat4j.checkpoint;

import io.longcat4j.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A view with strides, or of negated numbers, given out as if its elements were in row-major order.
 * Nothing is held: each slice is gathered into a direct buffer of its own. Immutable and
 * thread-safe.
 */
final class StridedStorage implements Storage {
  private final Storage base;
  private final long baseOffset;
  private final long[] dims;
  private final long[] strides;
  private final int elementBytes;
  private final boolean negated;
  private final long bytes;
  private final long extent;

  /**
   * A view.
   *
   * @param base holds the elements
   * @param baseOffset byte of {@code base} where its storage starts
   * @param view not empty, and known to lie inside that storage
   */
  StridedStorage(Storage base, long baseOffset, PickledTensor view) {
    this.base = base;
    this.dims = view.dims();
    this.strides = view.strides();
    this.elementBytes = view.dtype().bytes();
    this.negated = view.negated();
    this.baseOffset = baseOffset + view.offset() * elementBytes;
    long elements = 1;
    long last = 0;
    for (int axis = 0; axis < dims.length; axis++) {
      elements *= dims[axis];
      last += (dims[axis] - 1) * strides[axis];
    }
    this.bytes = elements * elementBytes;
    this.extent = (last + 1) * elementBytes;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public ByteBuffer slice(long offset, int length) {
    Objects.checkFromIndexSize(offset, /* size= */ length, /* length= */ bytes);
    ByteBuffer gathered = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
    long element = offset / elementBytes;
    int skip = (int) (offset % elementBytes);
    ByteBuffer all = extent <= MAX_SLICE ? base.slice(baseOffset, (int) extent) : null;
    for (int at = 0; at < length; element++) {
      int count = Math.min(elementBytes - skip, length - at);
      long from = place(element) + skip;
      if (all != null) {
        gathered.put(at, all, (int) from, count);
      } else {
        gathered.put(at, base.slice(baseOffset + from, count), 0, count);
      }
      at += count;
      if (negated && skip + count == elementBytes) {
        flipSign(gathered, at - 1);
      }
      skip = 0;
    }
    return gathered.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether the sign is a bit of its own: in all floating-point formats that are read. */
  static boolean canNegate(DType dtype) {
    return dtype == DType.F8_E4M3 || (dtype.isScale() && dtype != DType.F8_E8M0);
  }

  private static void flipSign(ByteBuffer gathered, int lastByte) {
    gathered.put(lastByte, (byte) (gathered.get(lastByte) ^ 0x80));
  }

  private long place(long element) {
    long rest = element;
    long place = 0;
    for (int axis = dims.length - 1; axis >= 0; axis--) {
      place += rest % dims[axis] * strides[axis];
      rest /= dims[axis];
    }
    return place * elementBytes;
  }
}
