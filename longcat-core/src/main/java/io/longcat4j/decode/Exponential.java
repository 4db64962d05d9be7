package io.longcat4j.decode;

/**
 * The exponential function with the same result on every machine, which {@link Math#exp} does not
 * promise, and many times faster than {@link StrictMath#exp}: a power of two from a table, and a
 * polynomial for the rest.
 */
final class Exponential {
  private static final int BITS = 7;
  private static final int STEPS = 1 << BITS;
  private static final double STEPS_IN_LN2 = STEPS / 0.6931471805599453;
  private static final double STEP_HIGH = 0.6931471803691238 / STEPS;
  private static final double STEP_LOW = 1.9082149292705877e-10 / STEPS;
  private static final double SMALLEST = -700;

  /** Two to the power of {@code i / STEPS}. */
  private static final double[] POWERS = new double[STEPS];

  static {
    for (int i = 0; i < STEPS; i++) {
      POWERS[i] = StrictMath.pow(2, (double) i / STEPS);
    }
  }

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
    double steps = Math.rint(x * STEPS_IN_LN2);
    double r = x - steps * STEP_HIGH - steps * STEP_LOW;
    double power = 1 + r * (1 + r * (0.5 + r * (1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120)))));
    int whole = (int) steps;
    double two = Double.longBitsToDouble((1023L + (whole >> BITS)) << 52);
    return power * POWERS[whole & (STEPS - 1)] * two;
  }
}
