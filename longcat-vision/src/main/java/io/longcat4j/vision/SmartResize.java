package io.longcat4j.vision;

/**
 * The rule that chooses the size a picture is resized to: sides divisible by a factor, area within
 * bounds, aspect ratio kept as well as those allow.
 *
 * <p>There is no limit of the aspect ratio. A picture with a side below the factor is first thought
 * enlarged until that side reaches it; where the area still does not fit, the short side becomes
 * the factor and the long side what the upper bound leaves ({@code 3000 x 10} gives {@code 4200 x
 * 28} at a factor of 28 and 117,600 pixels). At the end the height is cut to whole patches and the
 * width to whole pairs of patches, of which at least one remains, even where the upper bound is
 * smaller than that.
 *
 * @param patchSize side of a patch in pixels, at least 1
 */
record SmartResize(int patchSize) {

  /**
   * A size in pixels.
   *
   * @param height rows of pixels
   * @param width columns of pixels
   */
  record Size(int height, int width) {}

  /**
   * Chooses a size.
   *
   * @param height the picture's height, at least 1
   * @param width the picture's width, at least 1
   * @param factor what both sides shall be divisible by, at least 1
   * @param minPixels lower bound of the area
   * @param maxPixels upper bound of the area
   * @return whole patches high, whole pairs of patches wide
   */
  Size apply(int height, int width, int factor, long minPixels, long maxPixels) {
    long h = height;
    long w = width;
    if (h < factor) {
      w = (long) ((double) factor / h * w) + 1;
      h = factor;
    }
    if (w < factor) {
      h = (long) ((double) factor / w * h) + 1;
      w = factor;
    }
    long targetHeight = (long) Math.rint((double) h / factor) * factor;
    long targetWidth = (long) Math.rint((double) w / factor) * factor;
    if (targetHeight * targetWidth > maxPixels) {
      double shrink = Math.sqrt((double) (h * w) / maxPixels);
      targetHeight = (long) Math.floor(h / shrink / factor) * factor;
      targetWidth = (long) Math.floor(w / shrink / factor) * factor;
    } else if (targetHeight * targetWidth < minPixels) {
      double grow = Math.sqrt((double) minPixels / (h * w));
      targetHeight = (long) Math.ceil(h * grow / factor) * factor;
      targetWidth = (long) Math.ceil(w * grow / factor) * factor;
    }
    if (targetHeight < factor) {
      targetHeight = factor;
      targetWidth = maxPixels / factor;
    }
    if (targetWidth < factor) {
      targetHeight = maxPixels / factor;
      targetWidth = factor;
    }
    return new Size(
        wholeMultiple(targetHeight, patchSize), wholeMultiple(targetWidth, 2 * patchSize));
  }

  private static int wholeMultiple(long side, int unit) {
    return Math.toIntExact(Math.max(side / unit, 1) * unit);
  }
}
