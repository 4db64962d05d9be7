package io.longcat4j.compute.reference;

/**
 * Numbers as small integers with a scale in common: the largest of a cached row becomes 63, that of
 * a query 15. Numbers too small or too large for that become zeros.
 *
 * @param numbers from -63 to 63 or from -15 to 15
 * @param scale of each
 */
record IntegerGroup(byte[] numbers, float scale) {
  /** Of a cached row. */
  static final int ROW = 63;

  /** Of a query. */
  static final int QUERY = 15;

  private static final float LEAST = 1e-30f;

  static IntegerGroup of(float[] values, int largest) {
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
    float inverse = largest / most;
    for (int i = 0; i < values.length; i++) {
      float product = values[i] * inverse;
      numbers[i] = (byte) Math.max(-largest, Math.min(largest, Math.rint(product)));
    }
    return new IntegerGroup(numbers, most / largest);
  }

  /** The same with zeros but where columns, by so many, are wanted. */
  IntegerGroup only(boolean[] wanted, int columns) {
    byte[] some = new byte[numbers.length];
    for (int i = 0; i < some.length; i++) {
      some[i] = wanted[i / columns] ? numbers[i] : 0;
    }
    return new IntegerGroup(some, scale);
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
