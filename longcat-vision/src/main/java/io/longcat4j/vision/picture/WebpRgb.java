package io.longcat4j.vision.picture;

import io.longcat4j.media.Vp8Frame;
import io.longcat4j.spi.Cancellation;

/**
 * Lossy WebP to RGB with the smooth colour interpolation and the fixed-point matrix of the format's
 * own library, so that the result is its result to the bit.
 */
final class WebpRgb {
  private final Vp8Frame frame;
  private final byte[] rgb;
  private final int rowBytes;
  private final int origin;

  /**
   * Prepares a conversion.
   *
   * @param frame the picture
   * @param rgb the canvas
   * @param origin where in it the picture's first pixel lies
   * @param rowBytes of the canvas
   */
  WebpRgb(Vp8Frame frame, byte[] rgb, int origin, int rowBytes) {
    this.frame = frame;
    this.rgb = rgb;
    this.origin = origin;
    this.rowBytes = rowBytes;
  }

  void convert(Cancellation wanted) {
    for (int y = 0; y < frame.height(); y++) {
      wanted.check();
      row(y);
    }
  }

  /** Colours come 3 to 1 from the nearer and the farther of the two colour rows and columns. */
  private void row(int y) {
    int halfWidth = (frame.width() + 1) / 2;
    int lastRow = (frame.height() + 1) / 2 - 1;
    int neighbour = (y & 1) == 0 ? y / 2 - 1 : y / 2 + 1;
    int near = y / 2 * halfWidth;
    int far = Math.max(0, Math.min(lastRow, neighbour)) * halfWidth;
    for (int x = 0; x < frame.width(); x++) {
      int nearColumn = x / 2;
      int farColumn = (x & 1) == 0 ? nearColumn - 1 : nearColumn + 1;
      int cb = mix(frame.cb(), near, far, nearColumn, farColumn, halfWidth);
      int cr = mix(frame.cr(), near, far, nearColumn, farColumn, halfWidth);
      put(y, x, frame.luma()[y * frame.width() + x] & 0xff, cb, cr);
    }
  }

  private static int mix(
      byte[] plane, int near, int far, int nearColumn, int farColumn, int halfWidth) {
    return farColumn < 0 || farColumn >= halfWidth
        ? mix(plane, near, far, nearColumn)
        : mix(plane, near, far, nearColumn, farColumn);
  }

  private static int mix(byte[] plane, int near, int far, int column) {
    return (3 * (plane[near + column] & 0xff) + (plane[far + column] & 0xff) + 2) >> 2;
  }

  private static int mix(byte[] plane, int near, int far, int nearColumn, int farColumn) {
    int nearest = plane[near + nearColumn] & 0xff;
    int sideways = plane[near + farColumn] & 0xff;
    int vertical = plane[far + nearColumn] & 0xff;
    int diagonal = plane[far + farColumn] & 0xff;
    int all = nearest + sideways + vertical + diagonal + 8;
    return (((all + 2 * (sideways + vertical)) >> 3) + nearest) >> 1;
  }

  private void put(int y, int x, int luma, int cb, int cr) {
    int at = origin + y * rowBytes + 3 * x;
    int base = (luma * 19077) >> 8;
    rgb[at] = clamp(base + ((cr * 26149) >> 8) - 14234);
    rgb[at + 1] = clamp(base - ((cb * 6419) >> 8) - ((cr * 13320) >> 8) + 8708);
    rgb[at + 2] = clamp(base + ((cb * 33050) >> 8) - 17685);
  }

  private static byte clamp(int value) {
    return (byte) Math.max(0, Math.min(255, value >> 6));
  }
}
