package io.longcat4j.benchmarks;

import io.longcat4j.quantize.Precision;
import java.util.Optional;

/** How the matrices of a generated checkpoint are stored. */
public enum WeightFormat {
  /** Every matrix in BF16, as published first. */
  BF16,
  /** The matrices of attention, dense networks and experts in E4M3 with a scale for each block. */
  FP8,
  /** The same matrices as {@code quantize --precision int8 --scope all} writes them. */
  INT8,
  /** The same matrices as {@code quantize --precision int4 --scope all} writes them. */
  INT4;

  /** The integers of the matrices, where they are integers. */
  Optional<Precision> precision() {
    return switch (this) {
      case BF16, FP8 -> Optional.empty();
      case INT8 -> Optional.of(Precision.INT8);
      case INT4 -> Optional.of(Precision.INT4);
    };
  }
}
