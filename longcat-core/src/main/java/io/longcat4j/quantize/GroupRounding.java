package io.longcat4j.quantize;

/**
 * Rounds a group of weights to integers with one BF16 scale. The scale is the one of smallest
 * squared error among some that let the largest weight be met, or cut it a little; the first of
 * equals, so that the result depends on nothing but the weights. Not thread-safe.
 */
final class GroupRounding {
  /** Factors of the largest weight: shrinking cuts the few largest to make the others finer. */
  private static final float[] SHRINK = {1f, 0.97f, 0.94f, 0.91f, 0.88f, 0.85f, 0.82f, 0.78f};

  private final int lowest;
  private final int highest;

  GroupRounding(Precision precision) {
    this.lowest = precision.lowest();
    this.highest = precision.highest();
  }

  /** The bits of the scale in BF16. All numbers must be finite. */
  short scaleOf(float[] row, int from, int to) {
    float extreme = 0;
    for (int i = from; i < to; i++) {
      if (Math.abs(row[i]) > Math.abs(extreme)) {
        extreme = row[i];
      }
    }
    if (extreme == 0) {
      return 0;
    }
    short best = roundedUp(Math.abs(extreme) / highest);
    double bestError = squaredError(row, from, to, best, Double.POSITIVE_INFINITY);
    for (float shrink : SHRINK) {
      // The side with one integer more may be the one of the largest weight.
      for (int integer : new int[] {highest, lowest}) {
        short scale = nearest(extreme / integer * shrink);
        double error = squaredError(row, from, to, scale, bestError);
        if (error < bestError) {
          best = scale;
          bestError = error;
        }
      }
    }
    return best;
  }

  /** The integer whose product with the scale is nearest to a weight. */
  int codeOf(float weight, float scale) {
    if (scale == 0) {
      return 0;
    }
    return (int) Math.max(lowest, Math.min(highest, Math.rint((double) weight / scale)));
  }

  private double squaredError(float[] row, int from, int to, short bits, double enough) {
    float scale = widen(bits);
    if (scale == 0 || !Float.isFinite(scale)) {
      return scale == 0 ? squares(row, from, to) : Double.POSITIVE_INFINITY;
    }
    double inverse = 1.0 / scale;
    double sum = 0;
    for (int i = from; i < to && sum < enough; i++) {
      double code = Math.max(lowest, Math.min(highest, Math.rint(row[i] * inverse)));
      double error = row[i] - code * scale;
      sum += error * error;
    }
    return sum;
  }

  private static double squares(float[] row, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) row[i] * row[i];
    }
    return sum;
  }

  static float widen(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  private static short nearest(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  /** With a scale not below the exact one, no weight is cut. */
  private static short roundedUp(float positive) {
    return (short) ((Float.floatToRawIntBits(positive) + 0xffff) >>> 16);
  }
}
