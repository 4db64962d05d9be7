package io.longcat4j.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor to write.
 *
 * @param type BF16, F32 or F8_E4M3
 * @param shape its dimensions, none for a single number
 * @param bytes as stored
 */
record GeneratedTensor(String name, String type, List<Integer> shape, byte[] bytes) {
  private static final int BLOCK = 128;
  private static final float LARGEST_FP8 = 448;

  static GeneratedTensor of(String name, String type, List<Integer> shape, float[] values) {
    return new GeneratedTensor(name, type, shape, stored(type, values));
  }

  private static byte[] stored(String type, float[] values) {
    return switch (type) {
      case "F32" -> f32(values);
      case "BF16" -> bf16(values);
      default -> throw new IllegalArgumentException(type);
    };
  }

  private static byte[] f32(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  private static byte[] bf16(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Short.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putShort((short) (Float.floatToRawIntBits(rounded(value)) >>> 16));
    }
    return bytes.array();
  }

  /** To the nearest BF16, of two as near to the even one. */
  private static float rounded(float value) {
    int bits = Float.floatToRawIntBits(value);
    return Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
  }

  /** The weights rounded to BF16, then to FP8 with a scale for each block of 128 x 128. */
  static GeneratedTensor blocks(String name, List<Integer> shape, float[] values) {
    int columns = shape.get(1);
    float[] scales = scales(shape, values);
    byte[] codes = new byte[values.length];
    for (int i = 0; i < codes.length; i++) {
      float scale = scales[block(i, columns)];
      codes[i] = (byte) fp8(rounded(values[i]) / scale);
    }
    return new GeneratedTensor(name, "F8_E4M3", shape, codes);
  }

  static float[] scales(List<Integer> shape, float[] values) {
    int columns = shape.get(1);
    float[] scales = new float[block(values.length - 1, columns) + 1];
    for (int i = 0; i < values.length; i++) {
      int block = block(i, columns);
      scales[block] = Math.max(scales[block], Math.abs(rounded(values[i])));
    }
    for (int i = 0; i < scales.length; i++) {
      scales[i] /= LARGEST_FP8;
    }
    return scales;
  }

  private static int block(int index, int columns) {
    int across = (columns + BLOCK - 1) / BLOCK;
    return index / columns / BLOCK * across + index % columns / BLOCK;
  }

  /** To the nearest code; zero has no sign. */
  private static int fp8(float value) {
    float magnitude = Math.abs(value);
    int exponent = Math.max(Math.getExponent(magnitude), -6);
    int mantissa = (int) Math.rint(Math.scalb(magnitude, 3 - exponent));
    int code = (exponent + 6) * 8 + mantissa;
    return code > 0 && value < 0 ? code | 0x80 : code;
  }

  GeneratedTensor withRow(int row, byte[] values) {
    byte[] changed = Arrays.copyOf(bytes, bytes.length);
    System.arraycopy(values, 0, changed, row * values.length, values.length);
    return new GeneratedTensor(name, type, shape, changed);
  }

  int elements() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }
}
