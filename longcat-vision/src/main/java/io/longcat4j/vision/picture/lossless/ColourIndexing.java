package io.longcat4j.vision.picture.lossless;

import io.longcat4j.spi.Cancellation;

/**
 * Pixels are places in a palette, several of them in one where it is small.
 *
 * @param width of the picture in pixels
 * @param packBits the binary logarithm of the places in one coded pixel
 * @param palette its colours
 */
record ColourIndexing(int width, int packBits, int[] palette) implements Transform {
  @Override
  public int[] undo(int[] pixels, Cancellation wanted) {
    int packedWidth = EntropyImage.blocks(width, packBits);
    int height = pixels.length / packedWidth;
    int[] into = packBits == 0 ? pixels : new int[Math.multiplyExact(width, height)];
    int placeBits = 8 >> packBits;
    int packMask = (1 << packBits) - 1;
    for (int y = 0, at = 0; y < height; y++) {
      wanted.check();
      for (int x = 0; x < width; x++, at++) {
        int packed = pixels[y * packedWidth + (x >> packBits)] >> 8 & 0xff;
        int place = (packed >> ((x & packMask) * placeBits)) & ((1 << placeBits) - 1);
        into[at] = place < palette.length ? palette[place] : 0;
      }
    }
    return into;
  }
}
