package io.longcat4j.compute.cpu;

import io.longcat4j.compute.RowFormat;
import io.longcat4j.tensor.DType;
import java.util.List;
import java.util.stream.Stream;

/** Kernels of the native library. */
enum InstructionSet {
  GENERIC(0, "generic C++"),
  AVX2(1, "AVX2"),
  AVX512(2, "AVX-512"),
  AVX512_GFNI(3, "AVX-512 with GFNI");

  private final int code;
  private final String title;

  InstructionSet(int code, String title) {
    this.code = code;
    this.title = title;
  }

  String title() {
    return title;
  }

  /** How {@code longcat_cpu.h} names it. */
  int code() {
    return code;
  }

  /** Whether this processor can run it; the library must be loaded. */
  boolean supported() {
    return CpuKernels.supports(code()) != 0;
  }

  /** The title, and why it was chosen. */
  String describe() {
    if (this != best()) {
      return title + " (as asked for; the best that this processor has: " + best().title + ")";
    }
    List<String> missing =
        Stream.of(values()).filter(set -> set.code > code).map(set -> set.title + ": no").toList();
    return title
        + " (the best that this processor has"
        + (missing.isEmpty() ? ")" : "; " + String.join(", ", missing) + ")");
  }

  static InstructionSet best() {
    InstructionSet[] all = values();
    for (int i = all.length - 1; i > 0; i--) {
      if (all[i].supported()) {
        return all[i];
      }
    }
    return GENERIC;
  }

  /** How the library names a format of weights. */
  static int formatCode(DType dtype) {
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

  /** How the library names a format of cached rows. */
  static int formatCode(RowFormat format) {
    return switch (format) {
      case F32 -> formatCode(DType.F32);
      case BF16 -> formatCode(DType.BF16);
      case FP8 -> formatCode(DType.F8_E4M3);
    };
  }
}
