package io.longcat4j.audio;

/**
 * How far a convolution over time looks.
 *
 * @param before steps of the past
 * @param after steps of the future
 */
record Reach(int before, int after) {

  /** Of a convolution that keeps the length: over the past alone, or over both sides. */
  static Reach of(int taps, int dilation, boolean causal) {
    int whole = (taps - 1) * dilation;
    int before = causal ? whole : whole / 2;
    return new Reach(before, whole - before);
  }
}
