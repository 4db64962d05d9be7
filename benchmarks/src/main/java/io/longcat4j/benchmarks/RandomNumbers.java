package io.longcat4j.benchmarks;

import io.longcat4j.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/**
 * Normally distributed numbers in a storage format, drawn from a table: at gigabytes a run, speed
 * counts more than the tails. Not thread-safe.
 */
final class RandomNumbers {
  private static final int TABLE_BITS = 12;
  private static final int TABLE_MASK = (1 << TABLE_BITS) - 1;

  /** Where FP8 numbers lie: two standard deviations fill half of the format's range. */
  static final double FP8_DEVIATION = 112;

  /** Where integers lie: the largest ones are three deviations off, as after rounding. */
  static final double INT8_DEVIATION = 42;

  static final double INT4_DEVIATION = 2.5;

  /** Of numbers as stored, which for a format without scales is the number itself. */
  static double deviation(DType dtype, double columns) {
    return switch (dtype) {
      case F8_E4M3 -> FP8_DEVIATION;
      case I8 -> INT8_DEVIATION;
      case U8 -> INT4_DEVIATION;
      default -> 1 / Math.sqrt(columns);
    };
  }

  private final SplittableRandom random;
  private final long[] table = new long[1 << TABLE_BITS];
  private final int bytesEach;

  /**
   * Prepares a table.
   *
   * @param dtype BF16, F32, F8_E4M3, I8, or U8 for two integers of 4 bits
   * @param deviation standard deviation of the numbers as stored
   */
  RandomNumbers(DType dtype, double deviation, SplittableRandom random) {
    this.random = random;
    this.bytesEach = dtype.bytes();
    for (int i = 0; i < table.length; i++) {
      table[i] = encode(dtype, draw(deviation));
      if (dtype == DType.U8) {
        table[i] |= encode(dtype, draw(deviation)) << 4;
      }
    }
  }

  private float draw(double deviation) {
    return (float) (random.nextGaussian() * deviation);
  }

  static long encode(DType dtype, float value) {
    return switch (dtype) {
      case F32 -> Integer.toUnsignedLong(Float.floatToIntBits(value));
      case BF16 -> ((Float.floatToIntBits(value) + 0x8000L) >>> 16) & 0xffff;
      case F8_E4M3 -> Float8.encode(value);
      case I8 -> Math.max(-127, Math.min(127, Math.round(value))) & 0xff;
      case U8 -> Math.max(-8, Math.min(7, Math.round(value))) + 8;
      default -> throw new IllegalArgumentException("no random numbers of " + dtype);
    };
  }

  /** Fills a little-endian buffer from 0 to its limit, a multiple of a number's bytes. */
  void fill(ByteBuffer into) {
    int end = into.limit();
    int bits = 8 * bytesEach;
    int each = Long.BYTES / bytesEach;
    int at = 0;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      long word = 0;
      long draw = 0;
      for (int i = 0; i < each; i++) {
        draw = i % 5 == 0 ? random.nextLong() : draw >>> TABLE_BITS;
        word |= table[(int) draw & TABLE_MASK] << (i * bits);
      }
      into.order(ByteOrder.LITTLE_ENDIAN).putLong(at, word);
    }
    for (; at < end; at += bytesEach) {
      long value = table[random.nextInt() & TABLE_MASK];
      for (int i = 0; i < bytesEach; i++) {
        into.put(at + i, (byte) (value >>> (8 * i)));
      }
    }
  }
}
