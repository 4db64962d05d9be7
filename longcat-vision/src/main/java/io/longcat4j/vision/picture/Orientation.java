package io.longcat4j.vision.picture;

import io.longcat4j.Pixels;
import io.longcat4j.spi.Cancellation;

/** How stored pixels are to be turned to stand upright, in the order of Exif's numbers 1 to 8. */
public enum Orientation {
  /** As they are. */
  UPRIGHT(1, false, false, false),
  /** Left and right change places. */
  MIRRORED(2, false, true, false),
  /** Half a turn. */
  HALF_TURN(3, false, true, true),
  /** Above and below change places. */
  FLIPPED(4, false, false, true),
  /** Rows become columns. */
  TRANSPOSED(5, true, false, false),
  /** A quarter of a turn with the clock: what a phone held upright writes. */
  QUARTER_TURN(6, true, true, false),
  /** Rows become columns, and half a turn. */
  TRANSVERSED(7, true, true, true),
  /** A quarter of a turn against the clock. */
  QUARTER_TURN_BACK(8, true, false, true);

  private final int exifNumber;
  private final boolean transposed;
  private final boolean mirrored;
  private final boolean flipped;

  /** First rows and columns change places, then the result is mirrored and flipped. */
  Orientation(int exifNumber, boolean transposed, boolean mirrored, boolean flipped) {
    this.exifNumber = exifNumber;
    this.transposed = transposed;
    this.mirrored = mirrored;
    this.flipped = flipped;
  }

  /**
   * The orientation of a number in a file.
   *
   * @param number any; others than 1 to 8 say nothing
   * @return what it stands for
   */
  static Orientation ofExif(long number) {
    for (Orientation orientation : values()) {
      if (orientation.exifNumber == number) {
        return orientation;
      }
    }
    return UPRIGHT;
  }

  /**
   * The number that stands for it in a file.
   *
   * @return 1 to 8
   */
  public int exifNumber() {
    return exifNumber;
  }

  /**
   * Turns a picture.
   *
   * @param pixels as stored
   * @param wanted asked in between
   * @return the picture upright
   */
  Pixels apply(Pixels pixels, Cancellation wanted) {
    if (this == UPRIGHT) {
      return pixels;
    }
    int width = transposed ? pixels.height() : pixels.width();
    int height = transposed ? pixels.width() : pixels.height();
    byte[] from = pixels.rgb();
    byte[] into = new byte[from.length];
    for (int y = 0, at = 0; y < height; y++) {
      wanted.check();
      for (int x = 0; x < width; x++, at += 3) {
        int column = mirrored ? width - 1 - x : x;
        int row = flipped ? height - 1 - y : y;
        int source = 3 * (transposed ? column * pixels.width() + row : row * width + column);
        into[at] = from[source];
        into[at + 1] = from[source + 1];
        into[at + 2] = from[source + 2];
      }
    }
    return new Pixels(width, height, into);
  }
}
