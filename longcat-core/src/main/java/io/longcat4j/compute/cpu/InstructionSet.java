package io.longcat4j.compute.cpu;

import io.longcat4j.compute.RowFormat;
import io.longcat4j.tensor.DType;
import java.util.List;
import java.util.stream.Stream;

/** Kernels of the native library, the best of a processor's last. */
enum InstructionSet {
  GENERIC(0, "generic C++"),
  AVX2(1, "AVX2"),
  AVX512(2, "AVX-512"),
  AVX512_GFNI(3, "AVX-512 with GFNI"),
  AVX512_AMX(4, "AVX-512 with AMX"),
  /** For tests, never the best: {@link #AVX512_AMX} on a model of the tile unit. */
  AVX512_AMX_EMULATED(5, "AVX-512 with emulated AMX"),
  /** Which every 64-bit Arm processor has, and no other. */
  NEON(6, "NEON");

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
    return CpuKernels.supports(code()) > 0;
  }

  /** The title, and why it was chosen. */
  String describe() {
    if (this != best()) {
      return title + " (as asked for; the best that this processor has: " + best().title + ")";
    }
    List<String> missing =
        Stream.of(values())
            .filter(set -> set.code > code && set != AVX512_AMX_EMULATED && set != NEON)
            .map(set -> set.title + ": " + whyNot(CpuKernels.supports(set.code)))
            .toList();
    return title
        + " (the best that this processor has"
        + (missing.isEmpty() ? ")" : "; " + String.join(", ", missing) + ")");
  }

  /** What {@code longcat_supports} says where it does not say yes. */
  static String whyNot(int status) {
    return switch (status) {
      case CpuKernels.REFUSED -> "the operating system does not permit it";
      case CpuKernels.MISFIT -> "its products are wrong";
      default -> "no";
    };
  }

  static InstructionSet best() {
    return Stream.of(values())
        .filter(set -> set != AVX512_AMX_EMULATED && set.supported())
        .reduce(GENERIC, (lesser, better) -> better);
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
