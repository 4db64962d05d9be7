package io.longcat4j.vision.picture.lossless;

import io.longcat4j.spi.Cancellation;

/**
 * Green was taken off red and blue.
 *
 * @param width in pixels
 */
record GreenSubtraction(int width) implements Transform {
  @Override
  public int[] undo(int[] pixels, Cancellation wanted) {
    for (int i = 0; i < pixels.length; i++) {
      if (i % width == 0) {
        wanted.check();
      }
      int green = pixels[i] >> 8 & 0xff;
      int redAndBlue = (pixels[i] & 0xff00ff) + (green << 16 | green);
      pixels[i] = (pixels[i] & 0xff00ff00) | (redAndBlue & 0xff00ff);
    }
    return pixels;
  }
}
