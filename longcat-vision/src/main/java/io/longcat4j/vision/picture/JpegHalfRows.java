package io.longcat4j.vision.picture;

import io.longcat4j.spi.Cancellation;
import java.awt.image.Raster;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Smooths components that have half the rows, but all columns (4:4:0, what turning a camera's 4:2:2
 * by a quarter gives). The JDK's own decoder repeats their rows, current ones blend each with the
 * nearer neighbour, 3 to 1. Where the JDK was built with such a one, rows are not repeated and stay
 * as they are.
 */
final class JpegHalfRows {
  private final Raster raster;
  private final int bands;
  private final List<Integer> repeated;
  private final int[] samples;

  private JpegHalfRows(Raster raster, int bands, List<Integer> repeated) {
    this.raster = raster;
    this.bands = bands;
    this.repeated = repeated;
    this.samples = new int[raster.getWidth()];
  }

  static JpegHalfRows of(Raster raster, JpegFrame frame, Cancellation wanted) {
    List<Integer> repeated =
        IntStream.range(0, frame.components())
            .filter(frame.halfRows()::get)
            .filter(band -> isRepeated(raster, band, wanted))
            .boxed()
            .toList();
    return new JpegHalfRows(raster, frame.components(), repeated);
  }

  private static boolean isRepeated(Raster raster, int band, Cancellation wanted) {
    int[] first = new int[raster.getWidth()];
    int[] second = new int[raster.getWidth()];
    for (int y = 0; y + 1 < raster.getHeight(); y += 2) {
      wanted.check();
      raster.getSamples(0, y, first.length, 1, band, first);
      raster.getSamples(0, y + 1, second.length, 1, band, second);
      if (!Arrays.equals(first, second)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Blends a row with its neighbours.
   *
   * @param row all components' samples of the row, pixel by pixel
   * @param y its place
   */
  void smooth(int[] row, int y) {
    boolean upper = (y & 1) == 0;
    int last = (raster.getHeight() - 1) / 2;
    int neighbour = 2 * Math.max(0, Math.min(last, y / 2 + (upper ? -1 : 1)));
    for (int band : repeated) {
      raster.getSamples(0, neighbour, samples.length, 1, band, samples);
      for (int x = 0, at = band; x < samples.length; x++, at += bands) {
        row[at] = (3 * row[at] + samples[x] + (upper ? 1 : 2)) >> 2;
      }
    }
  }
}
