package io.longcat4j.vision.picture;

/** In which order the rows of a GIF are stored. */
final class GifRows {
  private static final int[] FIRST = {0, 4, 2, 1};
  private static final int[] STEP = {8, 8, 4, 2};

  private final int height;
  private final boolean interlaced;
  private int pass;
  private int row;

  GifRows(int height, boolean interlaced) {
    this.height = height;
    this.interlaced = interlaced;
  }

  boolean hasNext() {
    return row < height;
  }

  int next() {
    int current = row;
    row += interlaced ? STEP[pass] : 1;
    while (interlaced && row >= height && pass < FIRST.length - 1) {
      pass++;
      row = FIRST[pass];
    }
    return current;
  }
}
