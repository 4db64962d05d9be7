package io.longcat4j.tensor;

/**
 * Number formats that occur in checkpoints. All are little-endian. Some are known only so that a
 * tensor nobody uses does not make a checkpoint unreadable.
 */
public enum DType {
  F64(64),
  F32(32),
  F16(16),
  BF16(16),
  /** {@code e4m3fn}: 0x7f and 0xff are NaN, no infinities, largest magnitude 448. */
  F8_E4M3(8),
  /** A scale: 2 to the power of the byte minus 127; 0xff is NaN. */
  F8_E8M0(8),
  I64(64),
  I32(32),
  I16(16),
  I8(8),
  U8(8),
  BOOL(8),
  /** Numbers of this and of the following formats are never read. */
  U64(64),
  U32(32),
  U16(16),
  C128(128),
  C64(64),
  F8_E5M2(8),
  F8_E4M3FNUZ(8),
  F8_E5M2FNUZ(8),
  F6_E3M2(6),
  F6_E2M3(6),
  F4(4);

  private final int bits;

  DType(int bits) {
    this.bits = bits;
  }

  /**
   * The size of one element.
   *
   * @return bytes; 1 where it is smaller than that
   */
  public int bytes() {
    return (bits + 7) / 8;
  }

  /**
   * The size of many elements, one behind the other.
   *
   * @param elements at least 0
   * @return bytes, the last one perhaps not full
   * @throws ArithmeticException if they exceed 64 bits
   */
  public long bytes(long elements) {
    if (bits % 8 == 0) {
      return Math.multiplyExact(elements, bits / 8L);
    }
    return Math.addExact(Math.multiplyExact(elements, (long) bits), 7) / 8;
  }

  /**
   * Whether the numbers can be read as F32.
   *
   * @return false for formats that are only known by their size
   */
  public boolean isRead() {
    return compareTo(U64) < 0;
  }

  /**
   * Whether a scale of FP8 blocks may be stored so.
   *
   * @return true for the floating-point formats that are read, but for F8_E4M3
   */
  public boolean isScale() {
    return this == F64 || this == F32 || this == F16 || this == BF16 || this == F8_E8M0;
  }
}
