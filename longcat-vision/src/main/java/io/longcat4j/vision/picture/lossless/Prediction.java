package io.longcat4j.vision.picture.lossless;

import io.longcat4j.spi.Cancellation;

/**
 * Each pixel was estimated from its neighbours, in a way that changes from block to block.
 *
 * @param width in pixels
 * @param blockBits the binary logarithm of a block's size
 * @param ways of each block, in the green byte
 */
record Prediction(int width, int blockBits, int[] ways) implements Transform {
  private static final int BLACK = 0xff000000;

  @Override
  public int[] undo(int[] pixels, Cancellation wanted) {
    int across = EntropyImage.blocks(width, blockBits);
    pixels[0] = Vp8l.addBytes(pixels[0], BLACK);
    for (int x = 1; x < width; x++) {
      pixels[x] = Vp8l.addBytes(pixels[x], pixels[x - 1]);
    }
    for (int y = 1, at = width; at < pixels.length; y++) {
      wanted.check();
      pixels[at] = Vp8l.addBytes(pixels[at], pixels[at - width]);
      at++;
      for (int x = 1; x < width; x++, at++) {
        int way = ways[(y >> blockBits) * across + (x >> blockBits)] >> 8 & 15;
        pixels[at] = Vp8l.addBytes(pixels[at], estimate(way, pixels, at));
      }
    }
    return pixels;
  }

  /** Right of the last column lies, as in memory, the first one of the next row. */
  private int estimate(int way, int[] pixels, int at) {
    int left = pixels[at - 1];
    int above = pixels[at - width];
    int aboveLeft = pixels[at - width - 1];
    int aboveRight = pixels[at - width + 1];
    return switch (way) {
      case 1 -> left;
      case 2 -> above;
      case 3 -> aboveRight;
      case 4 -> aboveLeft;
      case 5 -> average(average(left, aboveRight), above);
      case 6 -> average(left, aboveLeft);
      case 7 -> average(left, above);
      case 8 -> average(aboveLeft, above);
      case 9 -> average(above, aboveRight);
      case 10 -> average(average(left, aboveLeft), average(above, aboveRight));
      case 11 -> nearer(left, above, aboveLeft);
      case 12 -> plane(left, above, aboveLeft);
      case 13 -> halfPlane(average(left, above), aboveLeft);
      default -> BLACK;
    };
  }

  private static int average(int a, int b) {
    return (((a ^ b) & 0xfefefefe) >>> 1) + (a & b);
  }

  private static int nearer(int left, int above, int corner) {
    int aboveMinusLeft = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int c = corner >> shift & 0xff;
      aboveMinusLeft +=
          Math.abs((left >> shift & 0xff) - c) - Math.abs((above >> shift & 0xff) - c);
    }
    return aboveMinusLeft <= 0 ? above : left;
  }

  private static int plane(int left, int above, int corner) {
    int result = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int value = (left >> shift & 0xff) + (above >> shift & 0xff) - (corner >> shift & 0xff);
      result |= clamp(value) << shift;
    }
    return result;
  }

  private static int halfPlane(int middle, int corner) {
    int result = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int value = middle >> shift & 0xff;
      result |= clamp(value + (value - (corner >> shift & 0xff)) / 2) << shift;
    }
    return result;
  }

  private static int clamp(int value) {
    return Math.max(0, Math.min(255, value));
  }
}
