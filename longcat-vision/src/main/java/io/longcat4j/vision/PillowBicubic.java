package io.longcat4j.vision;

import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Bicubic resizing with antialiasing, bit for bit as Pillow does it on 8-bit RGB: coefficients in
 * double precision, normalised and rounded to 22 fractional bits; rows first, then columns, with
 * 8-bit values in between. Pillow 12 and later take the columns first where that is cheaper, which
 * gives slightly other pixels; the published demo uses Pillow 10, and so does this.
 */
final class PillowBicubic {
  private static final int CHANNELS = 3;
  private static final int FRACTION_BITS = 32 - 8 - 2;
  private static final int HALF = 1 << (FRACTION_BITS - 1);
  private static final double SUPPORT = 2.0;
  private static final double SHARPNESS = -0.5;

  /** Products of a pixel and a weight; some 10 ms of one processor. */
  private static final long WORK_BETWEEN_QUESTIONS = 1 << 23;

  private PillowBicubic() {}

  /**
   * Resizes a picture.
   *
   * @param pixels the picture
   * @param height of the result, at least 1
   * @param width of the result, at least 1
   * @param wanted asked in between
   * @return a picture of that size
   */
  static Pixels resize(Pixels pixels, int height, int width, Cancellation wanted) {
    if (pixels.height() == height && pixels.width() == width) {
      return pixels;
    }
    byte[] rgb = pixels.rgb();
    int rows = pixels.height();
    if (width != pixels.width()) {
      rgb = resizeRows(rgb, rows, pixels.width(), width, wanted);
    }
    if (height != rows) {
      rgb = resizeColumns(rgb, rows, width, height, wanted);
    }
    return new Pixels(width, height, rgb);
  }

  private static byte[] resizeRows(
      byte[] from, int rows, int fromWidth, int width, Cancellation wanted) {
    Taps taps = Taps.of(fromWidth, width);
    byte[] into = new byte[Math.multiplyExact(rows, width * CHANNELS)];
    forEachRow(
        rows,
        fromWidth + (long) width * taps.stride,
        row ->
            resizeRow(from, row * fromWidth * CHANNELS, into, row * width * CHANNELS, width, taps),
        wanted);
    return into;
  }

  /** On all processors, a band of rows at a time, so that it can be asked in between. */
  private static void forEachRow(int rows, long workPerRow, IntConsumer work, Cancellation wanted) {
    int band = (int) Math.max(1, WORK_BETWEEN_QUESTIONS / workPerRow);
    for (int from = 0; from < rows; from += band) {
      wanted.check();
      IntStream.range(from, Math.min(rows, from + band)).parallel().forEach(work);
    }
  }

  private static void resizeRow(
      byte[] from, int fromAt, byte[] into, int intoAt, int width, Taps taps) {
    for (int x = 0; x < width; x++) {
      int red = HALF;
      int green = HALF;
      int blue = HALF;
      int at = fromAt + taps.first[x] * CHANNELS;
      int end = (x + 1) * taps.stride;
      for (int tap = x * taps.stride; tap < end; tap++, at += CHANNELS) {
        int weight = taps.weights[tap];
        if (weight != 0) {
          red += (from[at] & 0xff) * weight;
          green += (from[at + 1] & 0xff) * weight;
          blue += (from[at + 2] & 0xff) * weight;
        }
      }
      int out = intoAt + x * CHANNELS;
      into[out] = clip(red);
      into[out + 1] = clip(green);
      into[out + 2] = clip(blue);
    }
  }

  private static byte[] resizeColumns(
      byte[] from, int rows, int width, int height, Cancellation wanted) {
    Taps taps = Taps.of(rows, height);
    int rowBytes = width * CHANNELS;
    byte[] into = new byte[Math.multiplyExact(height, rowBytes)];
    forEachRow(
        height,
        (long) width * taps.stride,
        row -> blendRows(from, into, row, rowBytes, taps),
        wanted);
    return into;
  }

  private static void blendRows(byte[] from, byte[] into, int row, int rowBytes, Taps taps) {
    int[] sums = new int[rowBytes];
    Arrays.fill(sums, HALF);
    for (int tap = 0; tap < taps.stride; tap++) {
      int weight = taps.weights[row * taps.stride + tap];
      if (weight != 0) {
        int at = (taps.first[row] + tap) * rowBytes;
        for (int i = 0; i < rowBytes; i++) {
          sums[i] += (from[at + i] & 0xff) * weight;
        }
      }
    }
    int out = row * rowBytes;
    for (int i = 0; i < rowBytes; i++) {
      into[out + i] = clip(sums[i]);
    }
  }

  private static byte clip(int fixed) {
    return (byte) Math.max(0, Math.min(255, fixed >> FRACTION_BITS));
  }

  /**
   * Which input pixels an output pixel is made of.
   *
   * @param stride weights for each output pixel; unused ones are 0
   * @param first for each output pixel its first input pixel
   * @param weights in fixed point
   */
  private record Taps(int stride, int[] first, int[] weights) {

    static Taps of(int fromSize, int size) {
      double scale = (double) fromSize / size;
      double filterScale = Math.max(scale, 1.0);
      double support = SUPPORT * filterScale;
      int stride = (int) Math.ceil(support) * 2 + 1;
      Taps taps = new Taps(stride, new int[size], new int[Math.multiplyExact(size, stride)]);
      double[] exact = new double[stride];
      for (int out = 0; out < size; out++) {
        double center = (out + 0.5) * scale;
        int first = Math.max((int) (center - support + 0.5), 0);
        int count = Math.min((int) (center + support + 0.5), fromSize) - first;
        double sum = 0;
        for (int i = 0; i < count; i++) {
          exact[i] = cubic((i + first - center + 0.5) * (1.0 / filterScale));
          sum += exact[i];
        }
        taps.first[out] = first;
        for (int i = 0; i < count; i++) {
          taps.weights[out * stride + i] = fixed(sum == 0 ? exact[i] : exact[i] / sum);
        }
      }
      return taps;
    }

    private static double cubic(double distance) {
      double x = Math.abs(distance);
      if (x < 1) {
        return ((SHARPNESS + 2) * x - (SHARPNESS + 3)) * x * x + 1;
      }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * SHARPNESS : 0;
    }

    private static int fixed(double weight) {
      double scaled = weight * (1 << FRACTION_BITS);
      return (int) (weight < 0 ? scaled - 0.5 : scaled + 0.5);
    }
  }
}
