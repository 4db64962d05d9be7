package io.longcat4j;

import java.util.Arrays;

/**
 * Decoded picture: 8-bit RGB.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param rgb {@code height * width * 3} bytes, row by row, red first; copied on the way in and out
 */
public record Pixels(int width, int height, byte[] rgb) {
  /** Checks and copies the components. */
  public Pixels {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new InvalidRequestException(
          "Pixels of "
              + width
              + " x "
              + height
              + " need 3 * width * height bytes, but "
              + rgb.length
              + " were given; pass 8-bit RGB without padding");
    }
    rgb = rgb.clone();
  }

  @Override
  public byte[] rgb() {
    return rgb.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Pixels that
        && width == that.width
        && height == that.height
        && Arrays.equals(rgb, that.rgb);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(rgb);
  }

  @Override
  public String toString() {
    return "Pixels[" + width + " x " + height + "]";
  }
}
