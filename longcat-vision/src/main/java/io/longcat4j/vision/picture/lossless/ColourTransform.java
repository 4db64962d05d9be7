package io.longcat4j.vision.picture.lossless;

import io.longcat4j.spi.Cancellation;

/**
 * Red and blue were estimated from green, and blue from red, block by block.
 *
 * @param width in pixels
 * @param blockBits the binary logarithm of a block's size
 * @param factors of each block
 */
record ColourTransform(int width, int blockBits, int[] factors) implements Transform {
  @Override
  public int[] undo(int[] pixels, Cancellation wanted) {
    int across = EntropyImage.blocks(width, blockBits);
    for (int y = 0, at = 0; at < pixels.length; y++) {
      wanted.check();
      for (int x = 0; x < width; x++, at++) {
        int factor = factors[(y >> blockBits) * across + (x >> blockBits)];
        int pixel = pixels[at];
        byte green = (byte) (pixel >> 8);
        int red = (pixel >> 16) + share((byte) factor, green);
        int blue = pixel + share((byte) (factor >> 8), green);
        blue += share((byte) (factor >> 16), (byte) red);
        pixels[at] = (pixel & 0xff00ff00) | ((red & 0xff) << 16) | (blue & 0xff);
      }
    }
    return pixels;
  }

  private static int share(byte factor, byte colour) {
    return (factor * colour) >> 5;
  }
}
