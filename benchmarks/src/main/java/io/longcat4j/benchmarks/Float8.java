package io.longcat4j.benchmarks;

/** The format E4M3 without infinities: 0x7f and 0xff are NaN, the largest magnitude is 448. */
final class Float8 {
  private static final int LARGEST_CODE = 0x7e;

  private Float8() {}

  /** The code of the nearest number; beyond the range, of the largest. */
  static int encode(float value) {
    double magnitude = Math.abs(value);
    int low = 0;
    int high = LARGEST_CODE;
    while (low < high) {
      int middle = (low + high + 1) / 2;
      if (magnitude(middle) <= magnitude) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    if (low < LARGEST_CODE && magnitude - magnitude(low) > magnitude(low + 1) - magnitude) {
      low++;
    }
    return value < 0 ? low | 0x80 : low;
  }

  private static double magnitude(int code) {
    int exponent = code >> 3;
    int mantissa = code & 7;
    return exponent == 0 ? Math.scalb(mantissa, -9) : Math.scalb(8 + mantissa, exponent - 10);
  }
}
