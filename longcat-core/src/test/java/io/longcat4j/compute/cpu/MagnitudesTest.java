package io.longcat4j.compute.cpu;

import static io.longcat4j.testing.ComputeBench.assertSameBits;
import static io.longcat4j.testing.ComputeBench.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Numerics;
import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.WeightScales;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Tensor;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import io.longcat4j.testing.ComputeBench;
import io.longcat4j.testing.TestWeight;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products of BF16 are right for every magnitude of inputs and of weights, side by side. */
class MagnitudesTest {
  private static final int COLUMNS = 300;

  /** The largest magnitude of a row of the weight. */
  private static final float[] WEIGHTS = {
    1, 0x1p-133f, 0x1p-126f, 0x1p-100f, 0x1p-61f, 0x1p-60f, 0x1p-59f, 0x1p20f, 0x1p99f, 0x1p100f,
    0x1p118f, 0, 3, 0x1p-30f, 0x1p-120f, 0x1p101f, 0.1f, 7, 0x1p-130f, 1
  };

  /** Of a row of inputs. */
  private static final float[] INPUTS = {
    1, 0x1p-140f, 0x1p-126f, 0x1p-70f, 0, 0x1p-17f, 0x1p30f, 0x1p60f, 0x1p110f, 0x1p118f, 5, 0.3f
  };

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void products_of_any_magnitudes_are_right(InstructionSet instructionSet) {
    SplittableRandom random = new SplittableRandom(40);
    float[][] weight = scaled(WEIGHTS, random);
    float[][] x = scaled(INPUTS, random);
    float[][] result = linear(instructionSet, Numerics.EXACT, bf16(weight), x);
    for (int r = 0; r < x.length; r++) {
      for (int i = 0; i < weight.length; i++) {
        double expected = 0;
        double magnitude = 0;
        for (int c = 0; c < COLUMNS; c++) {
          double product = (double) x[r][c] * weight[i][c];
          expected += product;
          magnitude += Math.abs(product);
        }
        if (magnitude < Float.MAX_VALUE) {
          assertThat((double) result[r][i])
              .as("inputs of %s, weights of %s", INPUTS[r], WEIGHTS[i])
              .isCloseTo(
                  expected,
                  org.assertj.core.api.Assertions.within(
                      3e-6 * magnitude + COLUMNS * (double) Float.MIN_VALUE));
        } else {
          assertThat(Math.abs(result[r][i])).isGreaterThan(0x1p120f);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void what_is_no_number_stays_in_its_row(InstructionSet instructionSet) {
    SplittableRandom random = new SplittableRandom(41);
    float[][] weight = scaled(WEIGHTS, random);
    float[][] x = random(19, COLUMNS, random);
    for (Numerics numerics : Numerics.values()) {
      float[][] before = linear(instructionSet, numerics, bf16(weight), x);
      float[][] strange = Arrays.stream(x).map(float[]::clone).toArray(float[][]::new);
      strange[3][7] = Float.NaN;
      strange[5][200] = Float.POSITIVE_INFINITY;
      // A NaN whose only digits are those that BF16 has not.
      strange[6][100] = Float.intBitsToFloat(0x7f800001);
      float[][] after = linear(instructionSet, numerics, bf16(weight), strange);
      for (int i = 0; i < WEIGHTS.length; i++) {
        assertThat(after[3][i]).isNaN();
        assertThat(after[6][i]).isNaN();
        // Dot products of BF16 take a weight below the normal numbers for zero.
        boolean zero =
            instructionSet.unit() == ProductUnit.BF16
                && numerics != Numerics.EXACT
                && Math.abs(weight[i][200]) < Float.MIN_NORMAL;
        if (zero) {
          assertThat(after[5][i]).isNaN();
        } else if (weight[i][200] != 0) {
          assertThat(after[5][i]).isEqualTo(Float.POSITIVE_INFINITY * weight[i][200]);
        }
      }
      for (int r : new int[] {0, 1, 2, 4, 7, 18}) {
        assertSameBits("row " + r, new float[][] {after[r]}, new float[][] {before[r]});
      }
    }
  }

  private static float[][] linear(
      InstructionSet instructionSet, Numerics numerics, TestWeight weight, float[][] x) {
    try (ComputeBackend backend = CpuBackends.open(instructionSet, numerics, 2);
        ComputeBench bench = new ComputeBench(backend)) {
      Tensor into = backend.allocate(x.length, weight.numbers().length);
      bench.stream().linear(bench.load(weight), null, bench.tensor(x), into);
      return bench.read(into);
    }
  }

  /** Numbers of up to a magnitude in each row, as BF16. */
  private static float[][] scaled(float[] magnitudes, SplittableRandom random) {
    float[][] rows = random(magnitudes.length, COLUMNS, random);
    for (int row = 0; row < rows.length; row++) {
      for (int i = 0; i < COLUMNS; i++) {
        rows[row][i] =
            Float.intBitsToFloat(
                Float.floatToRawIntBits(rows[row][i] * magnitudes[row]) & 0xffff0000);
      }
    }
    return rows;
  }

  private static TestWeight bf16(float[][] numbers) {
    var stored =
        TestWeight.stored(
            DType.BF16,
            Shape.of(numbers.length, COLUMNS),
            i -> Float.floatToRawIntBits(numbers[i / COLUMNS][i % COLUMNS]) >>> 16);
    return new TestWeight(new ScaledTensor(stored, WeightScales.none()), numbers);
  }
}
