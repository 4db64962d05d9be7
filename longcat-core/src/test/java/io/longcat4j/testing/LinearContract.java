package io.longcat4j.testing;

import static io.longcat4j.testing.ComputeBench.assertClose;
import static io.longcat4j.testing.ComputeBench.assertSameBits;
import static io.longcat4j.testing.ComputeBench.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.WeightScales;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Linear maps in every format. */
public interface LinearContract extends BackendUnderTest {
  List<DType> FORMATS =
      List.of(DType.F32, DType.BF16, DType.F16, DType.F8_E4M3, DType.I8, DType.U8);

  @Test
  default void linear_maps_of_every_small_size_and_format_are_right() {
    SplittableRandom random = new SplittableRandom(10);
    try (ComputeBench bench = bench(2)) {
      for (DType dtype : FORMATS) {
        for (int size = 1; size <= 70; size++) {
          checkLinear(bench, TestWeight.random(dtype, 1 + size % 19, size, random), 1, random);
          checkLinear(bench, TestWeight.random(dtype, size, 71 - size, random), size % 9, random);
        }
      }
    }
  }

  @Test
  default void linear_maps_of_large_odd_sizes_are_right_for_one_and_for_many_rows() {
    SplittableRandom random = new SplittableRandom(11);
    try (ComputeBench bench = bench(2)) {
      for (DType dtype : FORMATS) {
        for (int columns : new int[] {127, 257, 509, 4098}) {
          for (int rows : new int[] {1, 2, 3, 4, 5, 13}) {
            checkLinear(bench, TestWeight.random(dtype, 35, columns, random), rows, random);
          }
        }
      }
    }
  }

  @Test
  default void what_is_not_finite_is_seen_in_its_row_and_in_no_other() {
    SplittableRandom random = new SplittableRandom(18);
    float[] odd = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    try (ComputeBench bench = bench(2)) {
      for (DType dtype : FORMATS) {
        Weight weight = bench.load(TestWeight.random(dtype, 21, 261, random));
        for (int rows : new int[] {1, 3, 13}) {
          float[][] x = random(rows, 261, random);
          float[][] sound = linear(bench, weight, x, 21);
          for (int column : new int[] {0, 200, 260}) {
            float[] row = x[rows - 1].clone();
            x[rows - 1][column] = odd[random.nextInt(odd.length)];
            float[][] actual = linear(bench, weight, x, 21);
            for (float number : actual[rows - 1]) {
              assertThat(number)
                  .as("%s, %d rows, column %d", dtype, rows, column)
                  .matches(f -> !Float.isFinite(f));
            }
            for (int i = 0; i < rows - 1; i++) {
              assertThat(actual[i]).isEqualTo(sound[i]);
            }
            x[rows - 1] = row;
          }
        }
      }
    }
  }

  @Test
  default void columns_cut_out_of_a_weight_are_multiplied_as_a_weight_of_their_own() {
    SplittableRandom random = new SplittableRandom(19);
    try (ComputeBench bench = bench(2)) {
      for (DType dtype : FORMATS) {
        TestWeight whole = TestWeight.random(dtype, 21, 518, random);
        for (int from : new int[] {0, 2, 128, 130}) {
          for (int columns : new int[] {2, 64, 256, 388}) {
            float[][] numbers = new float[21][];
            for (int row = 0; row < 21; row++) {
              numbers[row] = Arrays.copyOfRange(whole.numbers()[row], from, from + columns);
            }
            ScaledTensor cut = whole.tensor().columns(from, columns);
            checkLinear(bench, new TestWeight(cut, numbers), 3, random);
          }
        }
      }
    }
  }

  private static float[][] linear(ComputeBench bench, Weight weight, float[][] x, int outputs) {
    var into = bench.window(new float[x.length][outputs]);
    bench.stream().linear(weight, null, bench.window(x).tensor(), into.tensor());
    return into.read();
  }

  @Test
  default void block_scales_apply_to_ragged_and_odd_blocks() {
    SplittableRandom random = new SplittableRandom(12);
    int[][] blocks = {{128, 128}, {1, 1}, {3, 5}, {16, 16}, {7, 32}, {5, 48}, {17, 8}, {300, 300}};
    try (ComputeBench bench = bench(2)) {
      for (int[] block : blocks) {
        for (int columns : new int[] {1, 15, 31, 129, 277}) {
          for (int rows : new int[] {1, 4, 6}) {
            checkLinear(
                bench, TestWeight.fp8(37, columns, block[0], block[1], random), rows, random);
          }
        }
      }
    }
  }

  @Test
  default void every_finite_number_of_every_format_is_decoded_exactly() {
    try (ComputeBench bench = bench(2)) {
      for (DType dtype : List.of(DType.BF16, DType.F16, DType.F8_E4M3)) {
        int codes = 1 << (8 * dtype.bytes());
        float[] meant =
            TestWeight.stored(dtype, Shape.of(codes), code -> finite(dtype, code)).toFloats();
        for (int columns : new int[] {1, 16}) {
          var stored =
              TestWeight.stored(
                  dtype, Shape.of(codes / columns, columns), code -> finite(dtype, code));
          var scales =
              dtype != DType.F8_E4M3
                  ? null
                  : TestWeight.stored(DType.F32, Shape.of(1, 1), i -> Float.floatToRawIntBits(1));
          Weight weight =
              bench
                  .backend()
                  .load(
                      new ScaledTensor(
                          stored,
                          scales == null
                              ? WeightScales.none()
                              : new WeightScales.Blocks(scales, codes, columns)));
          checkDecoded(bench, weight, meant, dtype);
        }
      }
    }
  }

  @Test
  default void groups_of_integers_may_be_ragged_and_of_any_size() {
    SplittableRandom random = new SplittableRandom(16);
    try (ComputeBench bench = bench(2)) {
      for (DType dtype : List.of(DType.I8, DType.U8)) {
        for (int group : new int[] {2, 6, 16, 32, 48, 128, 300}) {
          for (int columns : new int[] {1, 2, 15, 33, 129, 277}) {
            for (int rows : new int[] {1, 4, 6}) {
              checkLinear(
                  bench, TestWeight.integers(dtype, 37, columns, group, random), rows, random);
            }
          }
        }
      }
      for (int group : new int[] {1, 3, 17}) {
        checkLinear(bench, TestWeight.integers(DType.I8, 19, 51, group, random), 5, random);
      }
    }
  }

  @Test
  default void every_integer_is_decoded_exactly_with_the_smallest_and_the_largest_factor() {
    try (ComputeBench bench = bench(2)) {
      for (DType dtype : List.of(DType.I8, DType.U8)) {
        for (int factor : new int[] {0x3f80, 0x8001, 0x0001, 0x7b7f, 0xfb7f, 0}) {
          int columns = dtype == DType.I8 ? 16 : 31;
          var codes = TestWeight.stored(dtype, Shape.of(16, 16), code -> code);
          var factors = TestWeight.stored(DType.BF16, Shape.of(16, 1), i -> factor);
          var tensor = new ScaledTensor(codes, new WeightScales.Groups(factors, 32, columns));
          float scale = Float.intBitsToFloat(factor << 16);
          float[] meant = new float[16 * columns];
          for (int i = 0; i < meant.length; i++) {
            int row = i / columns;
            int column = i % columns;
            int code =
                dtype == DType.I8
                    ? (byte) (16 * row + column)
                    : (column % 2 == 0 ? column / 2 : row) - 8;
            meant[i] = code * scale;
          }
          checkDecoded(bench, bench.backend().load(tensor), meant, dtype);
        }
      }
    }
  }

  private static int finite(DType dtype, int code) {
    int exponents =
        switch (dtype) {
          case BF16 -> 0x7f80;
          case F16 -> 0x7c00;
          default -> 0x7f;
        };
    return (code & exponents) == exponents ? 0 : code;
  }

  private static void checkDecoded(ComputeBench bench, Weight weight, float[] meant, DType dtype) {
    int columns = weight.columns();
    float[][] unit = new float[columns][columns];
    for (int i = 0; i < columns; i++) {
      unit[i][i] = 1;
    }
    for (int rows : new int[] {1, columns}) {
      Tensor into = bench.backend().allocate(rows, weight.rows());
      bench.stream().linear(weight, null, bench.tensor(unit).rows(0, rows), into);
      float[][] result = bench.read(into);
      for (int i = 0; i < rows; i++) {
        for (int row = 0; row < weight.rows(); row++) {
          assertThat(result[i][row])
              .as("%s code %d", dtype, row * columns + i)
              .isEqualTo(meant[row * columns + i] + 0f);
        }
      }
    }
  }

  @Test
  default void a_bias_of_any_format_is_added() {
    SplittableRandom random = new SplittableRandom(13);
    try (ComputeBench bench = bench(2)) {
      for (DType dtype : FORMATS) {
        TestWeight weight = TestWeight.random(DType.BF16, 41, 29, random);
        TestWeight bias = TestWeight.random(dtype, 1, 41, random);
        float[][] x = random(5, 29, random);
        Tensor into = bench.backend().allocate(5, 41);
        bench.stream().linear(bench.load(weight), bench.load(bias), bench.tensor(x), into);
        assertClose(
            "bias " + dtype,
            bench.read(into),
            Expected.linear(weight.numbers(), bias.numbers()[0], x),
            30);
      }
    }
  }

  @Test
  default void extreme_numbers_neither_vanish_nor_overflow() {
    float tiny = Float.MIN_VALUE * 5;
    float[][] weight = {{tiny, 0, 0}, {1e38f, 1e38f, -1e38f}, {0, 0, 0}, {-0f, 1, 0x1p-126f}};
    try (ComputeBench bench = bench(1)) {
      Tensor into = bench.backend().allocate(1, 4);
      bench.stream()
          .linear(
              bench.load(TestWeight.of(weight)),
              null,
              bench.tensor(new float[][] {{1, 1, 2}}),
              into);
      assertThat(bench.read(into)[0]).containsExactly(tiny, 0, 0, 1);
    }
  }

  @Test
  default void gated_maps_are_right_in_every_format() {
    SplittableRandom random = new SplittableRandom(14);
    try (ComputeBench bench = bench(2)) {
      for (DType dtype : FORMATS) {
        for (int columns : new int[] {1, 16, 61, 513}) {
          for (int rows : new int[] {1, 3, 4, 7}) {
            TestWeight gate = TestWeight.random(dtype, 37, columns, random);
            TestWeight up = TestWeight.random(dtype, 37, columns, random);
            float[][] x = random(rows, columns, random);
            var into = bench.window(new float[rows][37]);
            bench.stream()
                .gatedLinear(
                    bench.load(gate), bench.load(up), bench.window(x).tensor(), into.tensor());
            assertClose(
                "gated " + dtype + " " + columns,
                into.read(),
                Expected.gated(gate.numbers(), up.numbers(), x),
                2 * columns);
          }
        }
      }
    }
  }

  @Test
  default void the_gate_is_closed_for_large_negative_and_open_for_large_positive_numbers() {
    try (ComputeBench bench = bench(1)) {
      Weight gate =
          bench.load(TestWeight.of(new float[] {1000}, new float[] {-1000}, new float[1]));
      Weight up = bench.load(TestWeight.of(new float[] {2}, new float[] {2}, new float[] {2}));
      Tensor into = bench.backend().allocate(1, 3);
      bench.stream().gatedLinear(gate, up, bench.tensor(new float[][] {{1}}), into);
      assertClose("gate", bench.read(into), new double[][] {{2000, 0, 0}}, 1);
    }
  }

  @Test
  default void linear_results_have_the_same_bits_for_any_threads_and_any_company() {
    SplittableRandom random = new SplittableRandom(15);
    for (TestWeight weight :
        List.of(
            TestWeight.random(DType.F32, 83, 261, random),
            TestWeight.random(DType.BF16, 83, 261, random),
            TestWeight.random(DType.F16, 83, 261, random),
            TestWeight.fp8(83, 261, 32, 48, random),
            TestWeight.fp8(83, 261, 5, 7, random),
            TestWeight.random(DType.BF16, 67, 2090, random),
            TestWeight.fp8(67, 2090, 32, 128, random),
            TestWeight.random(DType.I8, 83, 261, random),
            TestWeight.random(DType.U8, 83, 261, random))) {
      float[][] x = random(isSlow() ? 21 : 401, weight.numbers()[0].length, random);
      float[][] first = linear(1, weight, x);
      if (!isSlow()) {
        assertSameBits("2 threads", linear(2, weight, x), first);
        assertSameBits("5 threads", linear(5, weight, x), first);
      }
      for (int count : isSlow() ? new int[] {1, 2, 9} : new int[] {1, 2, 3, 4, 5, 7, 50}) {
        float[][] some = java.util.Arrays.copyOfRange(x, 3, 3 + count);
        assertSameBits(
            count + " rows",
            linear(2, weight, some),
            java.util.Arrays.copyOfRange(first, 3, 3 + count));
      }
    }
  }

  private float[][] linear(int threads, TestWeight weight, float[][] x) {
    try (ComputeBench bench = bench(threads)) {
      Tensor tensor = bench.tensor(x);
      Tensor linear = bench.backend().allocate(x.length, weight.numbers().length);
      Tensor gated = bench.backend().allocate(x.length, weight.numbers().length);
      bench.stream().linear(bench.load(weight), null, tensor, linear);
      bench.stream().gatedLinear(bench.load(weight), bench.load(weight), tensor, gated);
      bench.stream().add(gated, linear);
      return bench.read(linear);
    }
  }

  private static void checkLinear(
      ComputeBench bench, TestWeight weight, int rows, SplittableRandom random) {
    if (rows == 0) {
      return;
    }
    int outputs = weight.numbers().length;
    int columns = weight.numbers()[0].length;
    float[][] x = random(rows, columns, random);
    assertClose(
        "linear %s, %d rows".formatted(weight.tensor(), rows),
        linear(bench, bench.load(weight), x, outputs),
        Expected.linear(weight.numbers(), null, x),
        columns);
  }
}
