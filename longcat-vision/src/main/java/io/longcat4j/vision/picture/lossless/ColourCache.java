package io.longcat4j.vision.picture.lossless;

/** Colours seen lately, at places that follow from their value. Not thread-safe. */
final class ColourCache {
  private static final int FACTOR = 0x1e35a7bd;

  private final int[] colours;
  private final int shift;

  ColourCache(int bits) {
    this.colours = new int[1 << bits];
    this.shift = 32 - bits;
  }

  int size() {
    return colours.length;
  }

  void add(int colour) {
    colours[(colour * FACTOR) >>> shift] = colour;
  }

  int get(int place) {
    return colours[place];
  }
}
