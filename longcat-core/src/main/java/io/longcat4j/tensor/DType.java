package io.longcat4j.tensor;

/** Number formats that occur in checkpoints. All are little-endian. */
public enum DType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  /** {@code e4m3fn}: 0x7f and 0xff are NaN, no infinities, largest magnitude 448. */
  F8_E4M3(1),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  BOOL(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /**
   * The size of one element.
   *
   * @return bytes
   */
  public int bytes() {
    return bytes;
  }
}
