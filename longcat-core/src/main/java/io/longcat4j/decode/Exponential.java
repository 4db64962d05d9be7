package io.longcat4j.decode;

/**
 * The exponential function with the same result on every machine, which {@link Math#exp} does not
 * promise, and faster than {@link StrictMath#exp}.
 */
final class Exponential {
  private static final double LOG2_E = 1.4426950408889634;
  private static final double LN2_HIGH = 0.6931471803691238;
  private static final double LN2_LOW = 1.9082149292705877e-10;
  private static final double SMALLEST = -700;

  private Exponential() {}

  /**
   * The exponential of a number of at most 0, within 1e-14 of its value.
   *
   * @param x at most 0; below -700 the result is 0
   */
  static double ofNegative(double x) {
    if (x < SMALLEST) {
      return 0;
    }
    double n = Math.rint(x * LOG2_E);
    double r = x - n * LN2_HIGH - n * LN2_LOW;
    double power = 1 + r / 13;
    for (int i = 12; i >= 1; i--) {
      power = 1 + r * power / i;
    }
    return power * Double.longBitsToDouble((1023 + (long) n) << 52);
  }
}
