package io.longcat4j.vision;

import io.longcat4j.Pixels;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Decoded pictures to 8-bit RGB by their stored values: no colour management, transparency dropped,
 * grey repeated, palettes looked up, samples of more or fewer than 8 bits scaled.
 */
final class RasterRgb {
  private RasterRgb() {}

  static Pixels of(BufferedImage image) {
    Raster raster = image.getRaster();
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    if (image.getColorModel() instanceof IndexColorModel palette) {
      lookUp(raster, palette, rgb);
    } else {
      copy(raster, image.getColorModel(), rgb);
    }
    return new Pixels(width, height, rgb);
  }

  private static void lookUp(Raster raster, IndexColorModel palette, byte[] rgb) {
    int[] colours = new int[palette.getMapSize()];
    palette.getRGBs(colours);
    int[] row = new int[raster.getWidth()];
    for (int y = 0, at = 0; y < raster.getHeight(); y++) {
      raster.getSamples(0, y, row.length, 1, 0, row);
      for (int index : row) {
        int colour = index < colours.length ? colours[index] : 0;
        rgb[at++] = (byte) (colour >> 16);
        rgb[at++] = (byte) (colour >> 8);
        rgb[at++] = (byte) colour;
      }
    }
  }

  private static void copy(Raster raster, ColorModel model, byte[] rgb) {
    boolean grey = raster.getNumBands() < 3;
    int[] row = new int[raster.getWidth()];
    for (int channel = 0; channel < 3; channel++) {
      int band = grey ? 0 : channel;
      int bits = model.getComponentSize(band);
      for (int y = 0, at = channel; y < raster.getHeight(); y++) {
        raster.getSamples(0, y, row.length, 1, band, row);
        for (int value : row) {
          rgb[at] = (byte) toEightBits(value, bits);
          at += 3;
        }
      }
    }
  }

  private static int toEightBits(int value, int bits) {
    return bits >= 8 ? value >> (bits - 8) : value * 255 / ((1 << bits) - 1);
  }
}
