package io.longcat4j.compute.cpu;

import static io.longcat4j.testing.ComputeBench.assertClose;
import static io.longcat4j.testing.ComputeBench.assertSameBits;
import static io.longcat4j.testing.ComputeBench.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.DType;
import io.longcat4j.testing.ComputeBench;
import io.longcat4j.testing.Expected;
import io.longcat4j.testing.TestWeight;
import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Rounded numerics are exact ones over rounded activations: bit for bit, but where dot products of
 * BF16 add in an order of their own.
 */
@Tag("kernels")
class RoundedNumericsTest {
  private static final int[] ROWS = {1, 4, 5, 29};

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void activations_are_rounded_before_they_meet_bf16_and_fp8(InstructionSet instructionSet) {
    SplittableRandom random = new SplittableRandom(30);
    for (DType dtype : new DType[] {DType.BF16, DType.F8_E4M3}) {
      for (int rows : ROWS) {
        TestWeight weight = TestWeight.random(dtype, 37, 1101, random);
        float[][] x = random(rows, 1101, random);
        assertRounded(dtype + " with " + rows + " rows", instructionSet, weight, 1, x);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void activations_are_rounded_in_slices_too(InstructionSet instructionSet) {
    SplittableRandom random = new SplittableRandom(33);
    for (DType dtype : new DType[] {DType.BF16, DType.F8_E4M3}) {
      for (int columns : new int[] {1024, 1040, 9216}) {
        for (int rows : ROWS) {
          TestWeight weight = TestWeight.random(dtype, 37, columns, random);
          float[][] x = random(rows, columns, random);
          String what = "%s of %d columns with %d rows".formatted(dtype, columns, rows);
          assertRounded(what, instructionSet, weight, 8, x);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void activations_stay_as_they_are_for_wider_weights(InstructionSet instructionSet) {
    SplittableRandom random = new SplittableRandom(31);
    for (DType dtype : new DType[] {DType.F32, DType.F16}) {
      for (int rows : ROWS) {
        TestWeight weight = TestWeight.random(dtype, 19, 77, random);
        float[][] x = random(rows, 77, random);
        assertSameBits(
            dtype + " with " + rows + " rows",
            linear(instructionSet, Numerics.BF16, weight, x),
            linear(instructionSet, Numerics.EXACT, weight, x));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void rounding_goes_to_the_nearest_and_keeps_what_is_no_number(InstructionSet instructionSet) {
    float[][] x = {
      {0x1.01p0f}, {0x1.03p0f}, {0x1.010002p0f}, {-0f}, {Float.NaN}, {0x1.fffffep127f}
    };
    float[][] result =
        linear(instructionSet, Numerics.BF16, TestWeight.random(DType.BF16, 1, 1, ones()), x);
    float one =
        linear(
            instructionSet,
            Numerics.EXACT,
            TestWeight.random(DType.BF16, 1, 1, ones()),
            new float[][] {{1}})[0][0];
    assertThat(result[0][0]).isEqualTo(one);
    assertThat(result[1][0]).isEqualTo(0x1.04p0f * one);
    assertThat(result[2][0]).isEqualTo(0x1.02p0f * one);
    assertThat(result[3][0]).isZero();
    assertThat(result[4][0]).isNaN();
    assertThat(result[5][0]).isInfinite();
  }

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void activations_become_e4m3_with_a_scale_for_128_of_them_before_they_meet_fp8(
      InstructionSet instructionSet) {
    SplittableRandom random = new SplittableRandom(34);
    for (int columns : new int[] {128, 300, 1024}) {
      for (int rows : ROWS) {
        TestWeight weight = TestWeight.random(DType.F8_E4M3, 37, columns, random);
        float[][] x = random(rows, columns, random);
        String what = columns + " columns with " + rows + " rows";
        assertClose(
            what,
            linear(instructionSet, Numerics.FP8, weight, x),
            Expected.linear(weight.numbers(), null, quantised(x, columns)),
            columns);
        TestWeight wide = TestWeight.random(DType.BF16, 37, columns, random);
        assertSameBits(
            what,
            linear(instructionSet, Numerics.FP8, wide, x),
            linear(instructionSet, Numerics.BF16, wide, x));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void slices_have_scales_of_their_own(InstructionSet instructionSet) {
    SplittableRandom random = new SplittableRandom(35);
    for (int columns : new int[] {512, 1024, 1040}) {
      for (int rows : ROWS) {
        TestWeight weight = TestWeight.random(DType.F8_E4M3, 37, columns, random);
        float[][] x = random(rows, columns, random);
        assertClose(
            columns + " columns with " + rows + " rows",
            linear(instructionSet, Numerics.FP8, weight, 8, x),
            Expected.linear(weight.numbers(), null, quantised(x, columns / 8)),
            columns);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void what_is_no_number_takes_the_rest_of_its_scale_along(InstructionSet instructionSet) {
    SplittableRandom random = new SplittableRandom(36);
    TestWeight weight = TestWeight.random(DType.F8_E4M3, 5, 256, random);
    float[][] x = random(2, 256, random);
    x[1][200] = Float.POSITIVE_INFINITY;
    float[][] result = linear(instructionSet, Numerics.FP8, weight, x);
    for (int i = 0; i < 5; i++) {
      assertThat(result[0][i]).isFinite();
      assertThat(result[1][i]).isNaN();
    }
  }

  /** Multiples of a scale, which makes the largest of each block of a slice 448. */
  private static float[][] quantised(float[][] x, int slice) {
    float[][] result = new float[x.length][x[0].length];
    for (int row = 0; row < x.length; row++) {
      for (int from = 0; from < x[row].length; from = nextBlock(from, slice)) {
        int to = Math.min(x[row].length, nextBlock(from, slice));
        float largest = 0;
        for (int i = from; i < to; i++) {
          largest = Math.max(largest, Math.abs(x[row][i]));
        }
        for (int i = from; i < to; i++) {
          result[row][i] = nearestE4m3(x[row][i] / (largest / 448)) * (largest / 448);
        }
      }
    }
    return result;
  }

  private static int nextBlock(int column, int slice) {
    int within = column % slice;
    return column - within + Math.min(slice, (within / 128 + 1) * 128);
  }

  private static float nearestE4m3(float value) {
    int exponent = Math.max(-6, Math.getExponent(value));
    double unit = Math.scalb(1.0, exponent - 3);
    return (float) (Math.rint(value / unit) * unit);
  }

  private static void assertRounded(
      String what, InstructionSet instructionSet, TestWeight weight, int slices, float[][] x) {
    float[][] actual = linear(instructionSet, Numerics.BF16, weight, slices, x);
    if (instructionSet.unit() == ProductUnit.BF16) {
      float[][] rounded = rounded(x);
      assertClose(
          what,
          actual,
          Expected.linear(weight.numbers(), null, rounded),
          weight.numbers()[0].length);
      assertSameBits(what, actual, linear(instructionSet, Numerics.BF16, weight, slices, rounded));
    } else {
      assertSameBits(
          what, actual, linear(instructionSet, Numerics.EXACT, weight, slices, rounded(x)));
    }
  }

  private static SplittableRandom ones() {
    return new SplittableRandom(32);
  }

  private static float[][] linear(
      InstructionSet instructionSet, Numerics numerics, TestWeight weight, float[][] x) {
    return linear(instructionSet, numerics, weight, 1, x);
  }

  private static float[][] linear(
      InstructionSet instructionSet,
      Numerics numerics,
      TestWeight weight,
      int slices,
      float[][] x) {
    try (ComputeBackend backend = CpuBackends.open(instructionSet, numerics, 2);
        ComputeBench bench = new ComputeBench(backend)) {
      Weight loaded = backend.load(weight.tensor(), slices);
      Tensor into = backend.allocate(x.length, loaded.rows());
      bench.stream().linear(loaded, null, bench.tensor(x), into);
      return bench.read(into);
    }
  }

  /** To 8 binary digits, halves to even, by exact decimal arithmetic. */
  private static float[][] rounded(float[][] x) {
    float[][] result = new float[x.length][x[0].length];
    for (int row = 0; row < x.length; row++) {
      for (int i = 0; i < x[row].length; i++) {
        float unit = Math.ulp(x[row][i]) * (1 << 16);
        BigDecimal quotient = new BigDecimal(x[row][i]).divide(new BigDecimal(unit));
        result[row][i] = (float) Math.rint(quotient.doubleValue()) * unit;
      }
    }
    return result;
  }
}
