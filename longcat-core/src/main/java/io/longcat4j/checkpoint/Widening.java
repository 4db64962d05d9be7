package io.longcat4j.checkpoint;

import io.longcat4j.tensor.DType;
import java.nio.ByteBuffer;

/** Stored numbers to F32. */
final class Widening {
  private static final float[] E4M3 = e4m3Table();

  private Widening() {}

  static void toFloats(DType dtype, ByteBuffer raw, float[] into, int at, int count) {
    switch (dtype) {
      case F32 -> raw.asFloatBuffer().get(into, at, count);
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = Float.intBitsToFloat(raw.getShort(2 * i) << 16);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = halfToFloat(raw.getShort(2 * i));
        }
      }
      case F8_E4M3 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = E4M3[raw.get(i) & 0xff];
        }
      }
      case F64 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = (float) raw.getDouble(8 * i);
        }
      }
      case I64 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = raw.getLong(8 * i);
        }
      }
      case I32 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = raw.getInt(4 * i);
        }
      }
      case I16 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = raw.getShort(2 * i);
        }
      }
      case I8 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = raw.get(i);
        }
      }
      case U8, BOOL -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = raw.get(i) & 0xff;
        }
      }
      case F8_E8M0 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = powerOfTwo(raw.get(i) & 0xff);
        }
      }
      default -> throw new IllegalArgumentException(dtype + " is not read");
    }
  }

  private static float powerOfTwo(int biased) {
    return biased == 0xff ? Float.NaN : Math.scalb(1f, biased - 127);
  }

  static float halfToFloat(short half) {
    int bits = half & 0xffff;
    int exponent = bits >>> 10 & 0x1f;
    int mantissa = bits & 0x3ff;
    float magnitude;
    if (exponent == 0) {
      magnitude = mantissa * 0x1p-24f;
    } else if (exponent == 31) {
      magnitude = mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else {
      magnitude = Math.scalb(1 + mantissa * 0x1p-10f, exponent - 15);
    }
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  private static float[] e4m3Table() {
    float[] table = new float[256];
    for (int bits = 0; bits < 256; bits++) {
      int exponent = bits >>> 3 & 0xf;
      int mantissa = bits & 7;
      float magnitude;
      if ((bits & 0x7f) == 0x7f) {
        magnitude = Float.NaN;
      } else if (exponent == 0) {
        magnitude = mantissa * 0x1p-9f;
      } else {
        magnitude = Math.scalb(1 + mantissa * 0.125f, exponent - 7);
      }
      table[bits] = bits < 128 ? magnitude : -magnitude;
    }
    return table;
  }
}
