package io.longcat4j.testing;

import io.longcat4j.compute.RowFormat;
import java.math.BigDecimal;

/** What a cache of fewer bits keeps of rows, found by looking at all numbers of the format. */
final class KeptRows {
  private static final double[] FP8 = new double[127];

  static {
    for (int code = 0; code < FP8.length; code++) {
      int exponent = code >> 3;
      double fraction = (code & 7) / 8.0;
      FP8[code] = exponent == 0 ? Math.scalb(fraction, -6) : Math.scalb(1 + fraction, exponent - 7);
    }
  }

  private KeptRows() {}

  static float[][] of(RowFormat format, float[][] rows) {
    float[][] kept = new float[rows.length][];
    for (int row = 0; row < rows.length; row++) {
      kept[row] =
          switch (format) {
            case F32 -> rows[row];
            case BF16 -> bf16(rows[row]);
            case FP8 -> fp8(rows[row]);
          };
    }
    return kept;
  }

  private static float[] bf16(float[] row) {
    float[] kept = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      int below = Float.floatToRawIntBits(row[i]) & 0xffff0000;
      float down = Float.intBitsToFloat(below);
      float up = Float.intBitsToFloat(below + 0x10000);
      int side = distance(row[i], down).compareTo(distance(row[i], up));
      boolean even = (below >>> 16 & 1) == 0;
      kept[i] = side < 0 || (side == 0 && even) ? down : up;
    }
    return kept;
  }

  private static BigDecimal distance(float a, float b) {
    return new BigDecimal(a).subtract(new BigDecimal(b)).abs();
  }

  private static float[] fp8(float[] row) {
    float largest = 0;
    for (float value : row) {
      largest = Math.max(largest, Math.abs(value));
    }
    float scale = largest / 448;
    float[] kept = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      double magnitude = Math.abs(row[i] / scale);
      int best = 0;
      for (int code = 1; code < FP8.length; code++) {
        double better = Math.abs(FP8[best] - magnitude) - Math.abs(FP8[code] - magnitude);
        if (better > 0 || (better == 0 && code % 2 == 0)) {
          best = code;
        }
      }
      kept[i] = (float) Math.copySign(FP8[best], row[i]) * scale;
    }
    return kept;
  }
}
