package io.longcat4j.cuda;

import io.longcat4j.compute.RowFormat;
import io.longcat4j.tensor.DType;

/** How {@code longcat_cuda.h} names formats. */
final class Formats {
  private Formats() {}

  static int code(DType dtype) {
    return switch (dtype) {
      case F32 -> 0;
      case BF16 -> 1;
      case F16 -> 2;
      case F8_E4M3 -> 3;
      case I8 -> 4;
      case U8 -> 5;
      default -> throw new IllegalArgumentException("no weight has the format " + dtype);
    };
  }

  static int code(RowFormat format) {
    return switch (format) {
      case F32 -> code(DType.F32);
      case BF16 -> code(DType.BF16);
      case FP8 -> code(DType.F8_E4M3);
    };
  }
}
