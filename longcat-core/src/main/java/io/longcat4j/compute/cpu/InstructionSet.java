package io.longcat4j.compute.cpu;

import io.longcat4j.compute.RowFormat;
import io.longcat4j.tensor.DType;
import java.util.List;
import java.util.stream.Stream;

/** Kernels of the native library, the best of a processor's last but for products of BF16. */
enum InstructionSet {
  GENERIC(0, "generic C++", ProductUnit.F32),
  AVX2(1, "AVX2", ProductUnit.F32),
  AVX512(2, "AVX-512", ProductUnit.F32),
  AVX512_GFNI(3, "AVX-512 with GFNI", ProductUnit.F32),
  /** {@link #AVX512_GFNI} with dot products of BF16, in numerics that round activations. */
  AVX512_BF16(7, "AVX-512 with BF16", ProductUnit.BF16),
  AVX512_AMX(4, "AVX-512 with AMX", ProductUnit.TILES),
  /** For tests, never the best: {@link #AVX512_AMX} on a model of the tile unit. */
  AVX512_AMX_EMULATED(5, "AVX-512 with emulated AMX", ProductUnit.TILES),
  /**
   * For tests, never the best: {@link #GENERIC} with a model of {@link #AVX512_BF16}'s products.
   */
  BF16_MODELLED(8, "generic C++ with modelled BF16", ProductUnit.BF16),
  /** Which every 64-bit Arm processor has, and no other. */
  NEON(6, "NEON", ProductUnit.F32);

  private final int code;
  private final String title;
  private final ProductUnit unit;

  InstructionSet(int code, String title, ProductUnit unit) {
    this.code = code;
    this.title = title;
    this.unit = unit;
  }

  String title() {
    return title;
  }

  /** What multiplies weights of BF16 and FP8. */
  ProductUnit unit() {
    return unit;
  }

  /** How {@code longcat_cpu.h} names it. */
  int code() {
    return code;
  }

  /** Whether this processor can run it; the library must be loaded. */
  boolean supported() {
    return status() > 0;
  }

  /** What {@code longcat_supports} says. */
  int status() {
    return CpuKernels.supports(code());
  }

  /** The title, and why its vectors were chosen. */
  String describe() {
    InstructionSet best = best();
    boolean asked = unit == ProductUnit.F32 ? this != best : this != with(unit);
    if (asked) {
      return title + " (as asked for; the best that this processor has: " + best.title + ")";
    }
    List<String> missing =
        Stream.of(values())
            .filter(set -> set.unit == ProductUnit.F32 && set.code > best.code && set != NEON)
            .map(set -> set.title + ": " + whyNot(set.status()))
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

  /** The best vectors of this processor. */
  static InstructionSet best() {
    return Stream.of(values())
        .filter(set -> set.unit == ProductUnit.F32 && set.supported())
        .reduce(GENERIC, (lesser, better) -> better);
  }

  /** The best vectors with what multiplies weights of BF16 and FP8. */
  static InstructionSet with(ProductUnit unit) {
    return switch (unit) {
      case F32 -> best();
      case BF16 -> AVX512_BF16;
      case TILES -> AVX512_AMX;
    };
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
