package io.longcat4j.vision.picture;

import io.longcat4j.spi.Cancellation;
import java.io.IOException;

/** Rows of a PNG, interlaced or not, to RGB. Not thread-safe. */
final class PngCanvas {
  /** Of each pass: first column, first row, columns and rows from pixel to pixel. */
  private static final int[][] PASSES = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  /** Pixels between two questions whether the picture is still wanted. */
  private static final int PIECE = 1 << 18;

  private final PngHeader header;
  private final byte[] palette;
  private final int width;
  private final int height;
  private final byte[] rgb;

  PngCanvas(PngHeader header, byte[] palette) {
    this.header = header;
    this.palette = palette;
    this.width = (int) header.width();
    this.height = (int) header.height();
    this.rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
  }

  byte[] fill(PngRows rows, Cancellation wanted) throws IOException {
    if (header.interlaced()) {
      for (int[] pass : PASSES) {
        pass(rows, pass[0], pass[1], pass[2], pass[3], wanted);
      }
    } else {
      pass(rows, 0, 0, 1, 1, wanted);
    }
    rows.finish();
    return rgb;
  }

  private void pass(PngRows rows, int left, int top, int dx, int dy, Cancellation wanted)
      throws IOException {
    if (left >= width) {
      return;
    }
    byte[] row = new byte[(int) header.rowBytes((width - left + dx - 1) / dx)];
    for (int y = top; y < height; y += dy) {
      rows.next(row);
      int at = 3 * (y * width + left);
      int end = 3 * (y + 1) * width;
      for (int sample = 0; at < end; at += 3 * dx * PIECE, sample += PIECE * header.channels()) {
        wanted.check();
        put(row, sample, at, 3 * dx, Math.min(end, at + 3 * dx * PIECE));
      }
    }
  }

  private void put(byte[] row, int firstSample, int from, int step, int end) {
    int depth = header.depth();
    int channels = header.channels();
    boolean coloured = channels >= 3;
    int sample = firstSample;
    for (int at = from; at < end; at += step, sample += channels) {
      if (header.colour() == PngHeader.PALETTE) {
        look(depth == 8 ? row[sample] & 0xff : bits(row, sample, depth), at);
      } else if (coloured) {
        int bytes = depth / 8;
        rgb[at] = row[sample * bytes];
        rgb[at + 1] = row[(sample + 1) * bytes];
        rgb[at + 2] = row[(sample + 2) * bytes];
      } else {
        byte grey =
            depth >= 8
                ? row[sample * (depth / 8)]
                : (byte) (bits(row, sample, depth) * 255 / ((1 << depth) - 1));
        rgb[at] = grey;
        rgb[at + 1] = grey;
        rgb[at + 2] = grey;
      }
    }
  }

  private static int bits(byte[] row, int sample, int depth) {
    int bit = sample * depth;
    return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  }

  /** Colours beyond the palette are black. */
  private void look(int index, int at) {
    int entry = 3 * index;
    if (entry + 3 <= palette.length) {
      System.arraycopy(palette, entry, rgb, at, 3);
    }
  }
}
