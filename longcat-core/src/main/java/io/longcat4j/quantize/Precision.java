package io.longcat4j.quantize;

import io.longcat4j.checkpoint.ModelConfig.IntegerGroups;

/** Integers that weights are rounded to. */
public enum Precision {
  /** 8 bits in groups of 128: 8.125 bits a weight with its share of the scale. */
  INT8(8, 128, -127, 127),
  /** 4 bits in groups of 32: 4.5 bits a weight with its share of the scale. */
  INT4(4, 32, -8, 7);

  private final int bits;
  private final int groupSize;
  private final int lowest;
  private final int highest;

  Precision(int bits, int groupSize, int lowest, int highest) {
    this.bits = bits;
    this.groupSize = groupSize;
    this.lowest = lowest;
    this.highest = highest;
  }

  /**
   * How they are stored.
   *
   * @return bits and columns that share a scale
   */
  public IntegerGroups groups() {
    return new IntegerGroups(bits, groupSize);
  }

  int lowest() {
    return lowest;
  }

  int highest() {
    return highest;
  }
}
