package io.longcat4j.vision.picture;

import java.io.IOException;

/**
 * What a PNG says of its samples.
 *
 * @param width in pixels, at most 2^32 - 1
 * @param height in pixels, at most 2^32 - 1
 * @param depth bits of a sample
 * @param colour the format's number of the kind of colours
 * @param interlaced whether the picture is stored in seven passes
 */
record PngHeader(long width, long height, int depth, int colour, boolean interlaced) {
  static final int GREY = 0;
  static final int RGB = 2;
  static final int PALETTE = 3;
  static final int GREY_ALPHA = 4;
  static final int RGBA = 6;

  static PngHeader read(FileBytes body) throws IOException {
    long width = body.big32();
    long height = body.big32();
    int depth = body.unsigned8();
    int colour = body.unsigned8();
    body.skip(1);
    int filter = body.unsigned8();
    PngHeader header = new PngHeader(width, height, depth, colour, body.unsigned8() != 0);
    if (!header.isKnown() || filter != 0) {
      throw new IOException(
          "it has colours of kind "
              + colour
              + " with "
              + depth
              + " bits and filters of kind "
              + filter
              + ", which PNG does not know");
    }
    return header;
  }

  private boolean isKnown() {
    return switch (colour) {
      case GREY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
      case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
      case RGB, GREY_ALPHA, RGBA -> depth == 8 || depth == 16;
      default -> false;
    };
  }

  int channels() {
    return switch (colour) {
      case RGB -> 3;
      case GREY_ALPHA -> 2;
      case RGBA -> 4;
      default -> 1;
    };
  }

  /** Bytes of a row of so many pixels, without its filter. */
  long rowBytes(long pixels) {
    return (pixels * channels() * depth + 7) / 8;
  }

  /** How far back the filters look. */
  int filterStep() {
    return Math.max(1, channels() * depth / 8);
  }
}
