package io.longcat4j.benchmarks;

/** How the matrices of a generated checkpoint are stored. */
public enum WeightFormat {
  /** Every matrix in BF16, as published first. */
  BF16,
  /** The matrices of attention, dense networks and experts in E4M3 with a scale for each block. */
  FP8
}
