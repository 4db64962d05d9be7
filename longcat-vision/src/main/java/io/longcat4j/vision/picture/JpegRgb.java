package io.longcat4j.vision.picture;

import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;
import java.awt.image.Raster;
import java.io.IOException;

/**
 * Stored samples of a JPEG to RGB in the usual decoder's fixed-point arithmetic. Four components
 * are taken for inverted CMYK, as Adobe writes it, and multiplied by black.
 */
final class JpegRgb {
  private static final int FRACTION_BITS = 16;
  private static final int HALF = 1 << (FRACTION_BITS - 1);
  private static final int RED_FROM_CR = fixed(1.40200);
  private static final int BLUE_FROM_CB = fixed(1.77200);
  private static final int GREEN_FROM_CR = fixed(0.71414);
  private static final int GREEN_FROM_CB = fixed(0.34414);

  private final Raster raster;
  private final JpegFrame frame;

  private JpegRgb(Raster raster, JpegFrame frame) {
    this.raster = raster;
    this.frame = frame;
  }

  static Pixels of(Raster raster, JpegFrame frame, Cancellation wanted) throws IOException {
    if (raster.getNumBands() != frame.components()
        || raster.getSampleModel().getSampleSize(0) != 8) {
      throw new IOException(
          raster.getNumBands() + " decoded components do not fit its header's " + frame);
    }
    return new JpegRgb(raster, frame).convert(wanted);
  }

  private Pixels convert(Cancellation wanted) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int bands = frame.components();
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    JpegHalfRows halfRows = JpegHalfRows.of(raster, frame, wanted);
    int[] row = new int[width * bands];
    int[] pixel = new int[3];
    for (int y = 0, at = 0; y < height; y++) {
      wanted.check();
      raster.getPixels(0, y, width, 1, row);
      halfRows.smooth(row, y);
      for (int x = 0; x < width; x++) {
        convert(row, x * bands, pixel);
        for (int channel : pixel) {
          rgb[at++] = (byte) channel;
        }
      }
    }
    return new Pixels(width, height, rgb);
  }

  private void convert(int[] row, int at, int[] pixel) {
    if (frame.components() == 1) {
      pixel[0] = pixel[1] = pixel[2] = row[at];
      return;
    }
    if (frame.luminance()) {
      luminanceToRgb(row[at], row[at + 1] - 128, row[at + 2] - 128, pixel);
    } else {
      System.arraycopy(row, at, pixel, 0, 3);
    }
    if (frame.components() == 4) {
      multiplyByBlack(pixel, row[at + 3]);
    }
  }

  private static void luminanceToRgb(int y, int cb, int cr, int[] pixel) {
    pixel[0] = clamp(y + ((RED_FROM_CR * cr + HALF) >> FRACTION_BITS));
    pixel[1] = clamp(y + ((HALF - GREEN_FROM_CB * cb - GREEN_FROM_CR * cr) >> FRACTION_BITS));
    pixel[2] = clamp(y + ((BLUE_FROM_CB * cb + HALF) >> FRACTION_BITS));
  }

  /** {@code pixel} holds inverted inks, or their complement when they came from luminance. */
  private void multiplyByBlack(int[] pixel, int invertedBlack) {
    for (int i = 0; i < 3; i++) {
      int inverted = frame.luminance() ? 255 - pixel[i] : pixel[i];
      int product = (255 - inverted) * invertedBlack + 128;
      pixel[i] = clamp(invertedBlack - (((product >> 8) + product) >> 8));
    }
  }

  private static int fixed(double factor) {
    return (int) (factor * (1 << FRACTION_BITS) + 0.5);
  }

  private static int clamp(int value) {
    return Math.max(0, Math.min(255, value));
  }
}
