package io.longcat4j.vision;

import io.longcat4j.Pixels;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.util.Arrays;

/** The first picture of a GIF on the GIF's own canvas, which may be larger. */
final class GifCanvas {
  private GifCanvas() {}

  /**
   * Where the picture lies.
   *
   * @param width of the canvas
   * @param height of the canvas
   * @param left of the picture on it
   * @param top of the picture on it
   * @param backgroundIndex palette entry of what it does not cover
   */
  record Placement(int width, int height, int left, int top, int backgroundIndex) {}

  static Pixels of(BufferedImage image, Placement place, String name) {
    Pixels picture = RasterRgb.of(image);
    int width = Math.max(place.width(), place.left() + picture.width());
    int height = Math.max(place.height(), place.top() + picture.height());
    if (width == picture.width() && height == picture.height()) {
      return picture;
    }
    ImageDecoder.requireSaneSize(width, height, name);
    byte[] canvas = background(image, place.backgroundIndex(), width * height);
    byte[] rgb = picture.rgb();
    int rowBytes = picture.width() * 3;
    for (int y = 0; y < picture.height(); y++) {
      int at = ((place.top() + y) * width + place.left()) * 3;
      System.arraycopy(rgb, y * rowBytes, canvas, at, rowBytes);
    }
    return new Pixels(width, height, canvas);
  }

  private static byte[] background(BufferedImage image, int index, int pixels) {
    byte[] canvas = new byte[pixels * 3];
    if (image.getColorModel() instanceof IndexColorModel palette && index < palette.getMapSize()) {
      byte[] colour = {
        (byte) palette.getRed(index), (byte) palette.getGreen(index), (byte) palette.getBlue(index)
      };
      if (!Arrays.equals(colour, new byte[3])) {
        for (int i = 0; i < canvas.length; i++) {
          canvas[i] = colour[i % 3];
        }
      }
    }
    return canvas;
  }
}
