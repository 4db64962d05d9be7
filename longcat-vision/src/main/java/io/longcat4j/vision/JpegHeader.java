package io.longcat4j.vision;

import java.io.IOException;

/**
 * How the components of a JPEG are to be understood.
 *
 * @param components stored samples for each pixel
 * @param luminance whether the first three are luminance and two colour differences
 */
record JpegHeader(int components, boolean luminance) {
  private static final int APP0 = 0xe0;
  private static final int APP14 = 0xee;
  private static final int START_OF_SCAN = 0xda;

  /**
   * Reads the markers before the picture's data, and decides as the usual decoder does: by the JFIF
   * marker, Adobe's marker, then the names of the components.
   *
   * @param jpeg the file's content
   * @return what it says
   * @throws IOException if the markers are damaged
   */
  static JpegHeader of(byte[] jpeg) throws IOException {
    boolean jfif = false;
    int adobeTransform = -1;
    int at = 2;
    int frame = -1;
    while (true) {
      while (byteAt(jpeg, at) == 0xff && byteAt(jpeg, at + 1) == 0xff) {
        at++;
      }
      if (byteAt(jpeg, at) != 0xff) {
        throw new IOException("no marker at byte " + at);
      }
      int marker = byteAt(jpeg, at + 1);
      if (marker == START_OF_SCAN) {
        break;
      }
      int length = byteAt(jpeg, at + 2) << 8 | byteAt(jpeg, at + 3);
      if (marker == APP0 && startsWith(jpeg, at + 4, "JFIF")) {
        jfif = true;
      } else if (marker == APP14 && length >= 14 && startsWith(jpeg, at + 4, "Adobe")) {
        adobeTransform = byteAt(jpeg, at + 15);
      } else if (isFrame(marker)) {
        frame = at + 4;
      }
      at += 2 + Math.max(2, length);
    }
    if (frame < 0) {
      throw new IOException("no frame header before its data");
    }
    int components = byteAt(jpeg, frame + 5);
    boolean luminance =
        switch (components) {
          case 3 -> jfif || threeAreLuminance(jpeg, frame + 6, adobeTransform);
          case 4 -> adobeTransform == 2;
          default -> false;
        };
    return new JpegHeader(components, luminance);
  }

  private static boolean threeAreLuminance(byte[] jpeg, int names, int adobeTransform)
      throws IOException {
    if (adobeTransform >= 0) {
      return adobeTransform != 0;
    }
    boolean namedRgb =
        byteAt(jpeg, names) == 'R'
            && byteAt(jpeg, names + 3) == 'G'
            && byteAt(jpeg, names + 6) == 'B';
    return !namedRgb;
  }

  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static boolean startsWith(byte[] jpeg, int at, String text) throws IOException {
    for (int i = 0; i < text.length(); i++) {
      if (byteAt(jpeg, at + i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int byteAt(byte[] jpeg, int at) throws IOException {
    if (at >= jpeg.length) {
      throw new IOException("it ends inside its header");
    }
    return jpeg[at] & 0xff;
  }
}
