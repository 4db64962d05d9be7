package io.longcat4j.vision.picture;

import io.longcat4j.spi.Cancellation;
import java.io.IOException;

/**
 * Runs of equal indices to rows of them, in the order they are stored. What runs leave out has
 * index 0; what they write beyond a row is left out.
 */
final class BmpRuns {
  private static final int END_OF_ROW = 0;
  private static final int END_OF_PICTURE = 1;
  private static final int MOVE = 2;

  private final FileBytes data;
  private final int width;
  private final int height;
  private final boolean halves;
  private final byte[] indices;
  private int x;
  private int y;

  BmpRuns(FileBytes data, int width, int height, boolean halves) {
    this.data = data;
    this.width = width;
    this.height = height;
    this.halves = halves;
    this.indices = new byte[Math.multiplyExact(width, height)];
  }

  byte[] expand(Cancellation wanted) throws IOException {
    for (int steps = 0; !isFull(); steps++) {
      if ((steps & 0xfff) == 0) {
        wanted.check();
      }
      int count = data.unsigned8();
      int value = data.unsigned8();
      if (count > 0) {
        for (int i = 0; i < count; i++) {
          put(halves ? half(value, i) : value);
        }
      } else if (value == END_OF_ROW) {
        x = 0;
        y++;
      } else if (value == END_OF_PICTURE) {
        break;
      } else if (value == MOVE) {
        x += data.unsigned8();
        y += data.unsigned8();
      } else {
        literal(value);
      }
    }
    return indices;
  }

  private boolean isFull() {
    return y >= height || (y == height - 1 && x >= width);
  }

  private void literal(int count) throws IOException {
    int bytes = halves ? (count + 1) / 2 : count;
    for (int i = 0, value = 0; i < count; i++) {
      if (!halves || (i & 1) == 0) {
        value = data.unsigned8();
      }
      put(halves ? half(value, i) : value);
    }
    if ((bytes & 1) != 0) {
      data.skip(Math.min(1, data.remaining()));
    }
  }

  private static int half(int value, int i) {
    return (i & 1) == 0 ? value >> 4 : value & 15;
  }

  private void put(int index) {
    if (x < width && y < height) {
      indices[y * width + x] = (byte) index;
    }
    x++;
  }
}
