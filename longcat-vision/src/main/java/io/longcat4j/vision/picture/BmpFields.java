package io.longcat4j.vision.picture;

import java.io.IOException;
import java.util.List;

/**
 * Where red, green and blue lie in a pixel of several bytes.
 *
 * @param shifts of red, green and blue in the pixel's number
 * @param bits of each
 */
record BmpFields(List<Integer> shifts, List<Integer> bits) {
  static final BmpFields NONE = new BmpFields(List.of(), List.of());
  static final BmpFields BLUE_GREEN_RED = new BmpFields(List.of(16, 8, 0), List.of(8, 8, 8));
  static final BmpFields FIVE_BITS = new BmpFields(List.of(10, 5, 0), List.of(5, 5, 5));

  /**
   * The fields that a file names.
   *
   * @param pixelBits of a pixel
   * @param masks of red, green, blue and alpha; all 0 for the usual ones
   */
  static BmpFields named(int pixelBits, long[] masks) throws IOException {
    if (masks[0] == 0 && masks[1] == 0 && masks[2] == 0 && pixelBits == 32) {
      return BLUE_GREEN_RED;
    }
    if (pixelBits != 16 && pixelBits != 24 && pixelBits != 32) {
      throw new IOException("it has fields in pixels of " + pixelBits + " bits");
    }
    List<Integer> shifts = List.of(shift(masks[0]), shift(masks[1]), shift(masks[2]));
    List<Integer> bits = List.of(bits(masks[0]), bits(masks[1]), bits(masks[2]));
    return new BmpFields(shifts, bits);
  }

  private static int shift(long mask) {
    return Long.numberOfTrailingZeros(mask);
  }

  private static int bits(long mask) throws IOException {
    int bits = Long.bitCount(mask);
    if (mask == 0 || mask >> shift(mask) != (1L << bits) - 1) {
      throw new IOException("a colour's bits do not lie side by side in its pixels");
    }
    return bits;
  }

  void put(byte[] row, int x, int pixelBytes, byte[] rgb, int at) {
    long pixel = 0;
    for (int i = 0; i < pixelBytes; i++) {
      pixel |= (row[x * pixelBytes + i] & 0xffL) << (8 * i);
    }
    for (int channel = 0; channel < 3; channel++) {
      int width = bits.get(channel);
      long value = pixel >> shifts.get(channel) & ((1L << width) - 1);
      rgb[at + channel] = (byte) (width == 8 ? value : value * 255 / ((1L << width) - 1));
    }
  }
}
