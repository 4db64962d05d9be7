package io.longcat4j.vision.picture;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How the components of a JPEG are to be understood.
 *
 * @param width in pixels
 * @param height in pixels
 * @param components stored samples for each pixel, 1, 3 or 4
 * @param luminance whether the first three are luminance and two colour differences
 * @param halfRows of each component, whether it has every second row only, but all columns
 */
record JpegFrame(int width, int height, int components, boolean luminance, List<Boolean> halfRows) {

  /** Collects what the segments say. */
  static final class Builder {
    private static final int BASELINE = 0xc0;
    private static final int PROGRESSIVE = 0xc2;
    private static final int ARITHMETIC = 0xc9;
    private static final int ARITHMETIC_PROGRESSIVE = 0xca;

    private int width;
    private int height;
    private final List<Integer> names = new ArrayList<>();
    private final List<Integer> factors = new ArrayList<>();
    private boolean jfif;
    private int adobeTransform = -1;

    void readJfif(FileBytes body) throws IOException {
      jfif |= body.remaining() >= 14 && body.name(5).equals("JFIF\0");
    }

    void readAdobe(FileBytes body) throws IOException {
      if (body.remaining() >= 12 && body.name(5).equals("Adobe")) {
        body.skip(6);
        adobeTransform = body.unsigned8();
      }
    }

    void readFrame(int marker, FileBytes body) throws IOException {
      if (marker == ARITHMETIC || marker == ARITHMETIC_PROGRESSIVE) {
        throw new IOException("it is coded arithmetically, which this library does not read");
      }
      if (marker > PROGRESSIVE || marker < BASELINE) {
        throw new IOException(
            "it is coded in the way "
                + Integer.toHexString(marker)
                + ", of which this library reads c0, c1 and c2 alone");
      }
      if (!names.isEmpty()) {
        throw new IOException("it has two frame headers");
      }
      int bits = body.unsigned8();
      height = body.big16();
      width = body.big16();
      int components = body.unsigned8();
      if (bits != 8 || (components != 1 && components != 3 && components != 4)) {
        throw new IOException(
            "it has "
                + components
                + " components of "
                + bits
                + " bits, but 1, 3 or 4 of 8 are read");
      }
      for (int i = 0; i < components; i++) {
        names.add(body.unsigned8());
        factors.add(body.unsigned8());
        body.skip(1);
      }
    }

    JpegFrame build() throws IOException {
      if (names.isEmpty()) {
        throw new IOException("it has no frame header before its data");
      }
      int columns = factors.stream().mapToInt(factor -> factor >> 4).max().orElse(1);
      int rows = factors.stream().mapToInt(factor -> factor & 15).max().orElse(1);
      List<Boolean> halfRows =
          factors.stream().map(f -> f >> 4 == columns && 2 * (f & 15) == rows).toList();
      return new JpegFrame(width, height, names.size(), isLuminance(), halfRows);
    }

    /** As the usual decoder decides: by JFIF's segment, Adobe's, then the components' names. */
    private boolean isLuminance() {
      return switch (names.size()) {
        case 3 ->
            jfif
                || (adobeTransform >= 0
                    ? adobeTransform != 0
                    : !names.equals(List.of((int) 'R', (int) 'G', (int) 'B')));
        case 4 -> adobeTransform > 0;
        default -> false;
      };
    }
  }
}
