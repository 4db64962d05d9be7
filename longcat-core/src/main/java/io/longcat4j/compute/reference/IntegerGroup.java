package io.longcat4j.compute.reference;

/**
 * Numbers as 8-bit integers with a scale in common: the largest becomes 127. Numbers too small or
 * too large for that become zeros.
 *
 * @param numbers from -127 to 127
 * @param scale of each
 */
record IntegerGroup(byte[] numbers, float scale) {
  private static final float LARGEST = 127;
  private static final float LEAST = 1e-30f;

  static IntegerGroup of(float[] values) {
    float most = 0;
    for (float value : values) {
      if (Math.abs(value) > most) {
        most = Math.abs(value);
      }
    }
    byte[] numbers = new byte[values.length];
    if (!(most >= LEAST && most <= Float.MAX_VALUE)) {
      return new IntegerGroup(numbers, 0);
    }
    float inverse = LARGEST / most;
    for (int i = 0; i < values.length; i++) {
      float product = values[i] * inverse;
      numbers[i] = (byte) Math.max(-LARGEST, Math.min(LARGEST, Math.rint(product)));
    }
    return new IntegerGroup(numbers, most / LARGEST);
  }

  /** The product with another group, as all backends round it. */
  float dot(IntegerGroup query) {
    int sum = 0;
    for (int i = 0; i < numbers.length; i++) {
      sum += numbers[i] * query.numbers[i];
    }
    return (float) sum * query.scale * scale;
  }
}
