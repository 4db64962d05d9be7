package io.longcat4j.testing;

import java.util.Arrays;

/**
 * The random numbers that PyTorch draws on a CPU with AVX2 after {@code torch.manual_seed(seed)},
 * to the last bit: a Mersenne twister, 24 bits of each of its words, and Box-Muller's transform
 * with the approximations of Cephes. A draw is found by its place, which is how many words were
 * drawn before it.
 */
final class TorchNumbers {
  private static final int STATE = 624;
  private static final int MIDDLE = 397;
  private static final int BLOCK = 16;
  private static final int HALF = BLOCK / 2;
  private static final float UNIT = 0x1p-24f;
  private static final int UNIT_BITS = 0xffffff;

  private static final float[] LOG = {
    0.070376836f,
    -0.1151461f,
    0.116769984f,
    -0.12420141f,
    0.14249323f,
    -0.16668057f,
    0.20000714f,
    -0.24999994f,
    0.3333333f
  };
  private static final float LOG_2_LOW = -2.1219444e-4f;
  private static final float LOG_2_HIGH = 0.6933594f;
  private static final float ROOT_OF_HALF = 0.70710677f;
  private static final float[] COS = {2.4433157e-5f, -0.0013887316f, 0.041666646f};
  private static final float[] SIN = {-1.9515296e-4f, 0.008332161f, -0.16666655f};
  private static final float[] MINUS_QUARTER_PI = {-0.78515625f, -2.4187565e-4f, -3.774895e-8f};
  private static final float FOUR_BY_PI = 1.2732395f;
  private static final float TWO_PI = (float) (2 * Math.PI);

  private final int[] state = new int[STATE];
  private int[] words = new int[0];
  private int drawn;

  TorchNumbers(int seed) {
    state[0] = seed;
    for (int i = 1; i < STATE; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
    }
  }

  /** Numbers from 0 to 1 without 1. */
  float[] uniform(int place, int count) {
    draw(place + count);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = unit(place + i);
    }
    return numbers;
  }

  /** Normally distributed numbers, 16 or more. */
  float[] normal(int place, int count) {
    float[] numbers = new float[count];
    draw(place + count + BLOCK);
    for (int at = 0; at + BLOCK <= count; at += BLOCK) {
      block(place + at, numbers, at);
    }
    if (count % BLOCK > 0) {
      block(place + count, numbers, count - BLOCK);
    }
    return numbers;
  }

  private float unit(int place) {
    return (words[place] & UNIT_BITS) * UNIT;
  }

  private void block(int place, float[] numbers, int at) {
    for (int i = 0; i < HALF; i++) {
      float radius = (float) Math.sqrt(-2 * log(1 - unit(place + i)));
      float angle = TWO_PI * unit(place + HALF + i);
      int octant = (int) (angle * FOUR_BY_PI) + 1 & ~1;
      float rest = angle;
      for (float part : MINUS_QUARTER_PI) {
        rest = Math.fma((float) octant, part, rest);
      }
      boolean swapped = (octant & 2) != 0;
      float sin = swapped ? cos(rest) : sin(rest);
      float cos = swapped ? sin(rest) : cos(rest);
      numbers[at + i] = radius * ((octant - 2 & 4) == 0 ? -cos : cos);
      numbers[at + HALF + i] = radius * ((octant & 4) != 0 ? -sin : sin);
    }
  }

  private static float log(float number) {
    int bits = Float.floatToRawIntBits(number);
    float exponent = (bits >>> 23) - 126;
    float fraction = Float.intBitsToFloat((bits & 0x7fffff) | 0x3f000000);
    float x = fraction - 1;
    if (fraction < ROOT_OF_HALF) {
      exponent -= 1;
      x += fraction;
    }
    float square = x * x;
    float y = polynomial(LOG, x) * x;
    y = Math.fma(y, square, exponent * LOG_2_LOW);
    y = Math.fma(square, -0.5f, y);
    return Math.fma(exponent, LOG_2_HIGH, x + y);
  }

  private static float cos(float x) {
    float square = x * x;
    float y = polynomial(COS, square) * square;
    return Math.fma(y, square, -(square * 0.5f)) + 1;
  }

  private static float sin(float x) {
    float square = x * x;
    return Math.fma(polynomial(SIN, square) * square, x, x);
  }

  private static float polynomial(float[] coefficients, float x) {
    float y = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      y = Math.fma(y, x, coefficients[i]);
    }
    return y;
  }

  private void draw(int count) {
    if (words.length < count) {
      words = Arrays.copyOf(words, Math.max(count, 2 * words.length));
    }
    for (; drawn < words.length; drawn++) {
      if (drawn % STATE == 0) {
        twist();
      }
      words[drawn] = tempered(state[drawn % STATE]);
    }
  }

  private void twist() {
    for (int i = 0; i < STATE; i++) {
      int pair = (state[i] & 0x80000000) | (state[(i + 1) % STATE] & 0x7fffffff);
      int odd = (pair & 1) != 0 ? 0x9908b0df : 0;
      state[i] = state[(i + MIDDLE) % STATE] ^ pair >>> 1 ^ odd;
    }
  }

  private static int tempered(int word) {
    int y = word;
    y ^= y >>> 11;
    y ^= y << 7 & 0x9d2c5680;
    y ^= y << 15 & 0xefc60000;
    return y ^ y >>> 18;
  }
}
