package io.longcat4j.compute.reference;

import io.longcat4j.compute.RowFormat;

/** What is left of a row of F32 in a cache of fewer bits. */
final class RowRounding {
  private static final double LARGEST_FP8 = 448;

  private RowRounding() {}

  static float[] of(RowFormat format, float[] row) {
    return switch (format) {
      case F32 -> row;
      case BF16 -> bf16(row);
      case FP8 -> fp8(row);
    };
  }

  private static float[] bf16(float[] row) {
    float[] rounded = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      int bits = Float.floatToRawIntBits(row[i]);
      rounded[i] =
          Float.isNaN(row[i])
              ? row[i]
              : Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
    }
    return rounded;
  }

  private static float[] fp8(float[] row) {
    float largest = 0;
    for (float value : row) {
      largest = Math.max(largest, Math.abs(value));
    }
    boolean usable = largest > 0 && Float.isFinite(largest);
    float scale = usable ? (float) (largest / LARGEST_FP8) : 1;
    scale = Math.max(scale, Float.MIN_NORMAL);
    float[] rounded = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      rounded[i] = (float) toFp8(row[i] / scale) * scale;
    }
    return rounded;
  }

  /** Three bits behind the leading one, and steps of 2^-9 at least. */
  private static double toFp8(float value) {
    double magnitude = Math.min(Math.abs(value), LARGEST_FP8);
    double step = Math.scalb(1.0, Math.max(Math.getExponent(magnitude), -6) - 3);
    return Math.copySign(Math.min(Math.rint(magnitude / step) * step, LARGEST_FP8), value);
  }
}
