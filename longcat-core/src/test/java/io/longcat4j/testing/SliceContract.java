package io.longcat4j.testing;

import static io.longcat4j.testing.ComputeBench.assertClose;
import static io.longcat4j.testing.ComputeBench.assertSameBits;
import static io.longcat4j.testing.ComputeBench.random;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Sums over slices of columns, joined by a binary tree. */
public interface SliceContract extends BackendUnderTest {
  int SLICES = 8;

  /** Every format, over slices that begin on and inside blocks, groups, chunks and pairs. */
  static List<TestWeight> weights(SplittableRandom random) {
    List<TestWeight> weights = new ArrayList<>();
    for (int width : new int[] {2, 14, 64, 128, 202, 256}) {
      for (DType dtype : LinearContract.FORMATS) {
        weights.add(TestWeight.random(dtype, 35, SLICES * width, random));
      }
    }
    for (int width : new int[] {1, 3, 129}) {
      for (DType dtype : List.of(DType.F32, DType.BF16, DType.F16, DType.F8_E4M3, DType.I8)) {
        weights.add(TestWeight.random(dtype, 19, SLICES * width, random));
      }
    }
    for (int[] block : new int[][] {{16, 48}, {3, 5}, {7, 256}, {5, 96}, {300, 3000}}) {
      weights.add(TestWeight.fp8(37, SLICES * 144, block[0], block[1], random));
    }
    for (int group : new int[] {2, 6, 32, 48, 128, 160, 3000}) {
      weights.add(TestWeight.integers(DType.I8, 21, SLICES * 160, group, random));
      weights.add(TestWeight.integers(DType.U8, 21, SLICES * 160, group, random));
    }
    for (DType dtype : LinearContract.FORMATS) {
      weights.add(TestWeight.random(dtype, 9, SLICES * 1168, random));
    }
    return weights;
  }

  @Test
  default void products_in_slices_have_the_bits_of_their_parts_joined() {
    SplittableRandom random = new SplittableRandom(60);
    try (ComputeBench bench = bench(2)) {
      for (TestWeight weight : weights(random)) {
        int columns = (int) weight.tensor().columns();
        for (int rows : isSlow() ? new int[] {1, 9} : new int[] {1, 2, 5, 9, 26}) {
          float[][] x = random(rows, columns, random);
          float[][] whole = product(bench, weight.tensor(), SLICES, x);
          for (int parts = 2; parts <= SLICES; parts *= 2) {
            int count = parts;
            float[][] joined =
                joined(
                    parts,
                    part ->
                        product(
                            bench,
                            part(weight.tensor(), part, count),
                            SLICES / count,
                            columns(x, part, count)));
            assertSameBits(
                "%s, %d rows, %d parts".formatted(weight.tensor(), rows, parts), joined, whole);
          }
        }
      }
    }
  }

  @Test
  default void products_in_any_number_of_slices_are_right() {
    SplittableRandom random = new SplittableRandom(61);
    try (ComputeBench bench = bench(2)) {
      for (DType dtype : LinearContract.FORMATS) {
        for (int slices : new int[] {1, 2, 4, 8, 16, 64, 128}) {
          TestWeight weight = TestWeight.random(dtype, 23, 768, random);
          for (int rows : new int[] {1, 3, 11}) {
            float[][] x = random(rows, 768, random);
            String what = "%s in %d slices, %d rows".formatted(dtype, slices, rows);
            float[][] whole = product(bench, weight.tensor(), slices, x);
            assertClose(what, whole, Expected.linear(weight.numbers(), null, x), 768);
            int parts = Math.min(slices, 2);
            float[][] joined =
                joined(
                    parts,
                    part ->
                        product(
                            bench,
                            part(weight.tensor(), part, parts),
                            slices / parts,
                            columns(x, part, parts)));
            assertSameBits(what, joined, whole);
          }
        }
      }
    }
  }

  @Test
  default void products_in_slices_have_the_same_bits_for_any_threads_and_any_company() {
    SplittableRandom random = new SplittableRandom(62);
    for (TestWeight weight :
        List.of(
            TestWeight.random(DType.BF16, 83, 2048, random),
            TestWeight.random(DType.F16, 83, 264, random),
            TestWeight.random(DType.F32, 67, 9232, random),
            TestWeight.fp8(83, 1024, 32, 128, random),
            TestWeight.fp8(83, 264, 32, 48, random),
            TestWeight.random(DType.I8, 83, 1024, random),
            TestWeight.random(DType.U8, 83, 2048, random))) {
      float[][] x = random(isSlow() ? 97 : 401, weight.numbers()[0].length, random);
      float[][] first = product(1, weight, x);
      if (!isSlow()) {
        assertSameBits("2 threads", product(2, weight, x), first);
        assertSameBits("5 threads", product(5, weight, x), first);
      }
      for (int count : new int[] {1, 2, 3, 4, 5, 7, 8, 9, 50}) {
        assertSameBits(
            count + " rows",
            product(2, weight, Arrays.copyOfRange(x, 3, 3 + count)),
            Arrays.copyOfRange(first, 3, 3 + count));
      }
    }
  }

  private float[][] product(int threads, TestWeight weight, float[][] x) {
    try (ComputeBench bench = bench(threads)) {
      return product(bench, weight.tensor(), SLICES, x);
    }
  }

  @Test
  default void a_bias_is_added_after_the_sum_of_slices() {
    SplittableRandom random = new SplittableRandom(63);
    try (ComputeBench bench = bench(2)) {
      TestWeight weight = TestWeight.random(DType.BF16, 41, 1024, random);
      TestWeight bias = TestWeight.random(DType.F32, 1, 41, random);
      float[][] x = random(5, 1024, random);
      float[][] expected = product(bench, weight.tensor(), SLICES, x);
      for (float[] row : expected) {
        for (int i = 0; i < row.length; i++) {
          row[i] += bias.numbers()[0][i];
        }
      }
      Tensor into = bench.backend().allocate(5, 41);
      Weight loaded = bench.backend().load(weight.tensor(), SLICES);
      bench.stream().linear(loaded, bench.load(bias), bench.tensor(x), into);
      assertSameBits("bias", bench.read(into), expected);
    }
  }

  @Test
  default void slices_that_do_not_fit_are_refused() {
    SplittableRandom random = new SplittableRandom(64);
    try (ComputeBench bench = bench(1)) {
      ScaledTensor bytes = TestWeight.random(DType.I8, 3, 24, random).tensor();
      for (int slices : new int[] {-8, -1, 0, 3, 5, 6, 12, 16, 24, Integer.MIN_VALUE}) {
        assertThatThrownBy(() -> bench.backend().load(bytes, slices))
            .isInstanceOf(CheckpointException.class)
            .hasMessageContainingAll("24 columns", slices + " slices");
      }
      ScaledTensor pairs = TestWeight.random(DType.U8, 3, 24, random).tensor();
      assertThatThrownBy(() -> bench.backend().load(pairs, 8))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("even number");
      TestWeight plain = TestWeight.random(DType.BF16, 4, 8, random);
      Weight sliced = bench.backend().load(plain.tensor(), 2);
      Weight whole = bench.load(plain);
      Tensor x = bench.tensor(random(2, 8, random));
      Tensor into = bench.backend().allocate(2, 4);
      assertThatThrownBy(() -> bench.stream().gatedLinear(sliced, whole, x, into))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("gate [4, 8] was taken in with 2 slices");
      assertThatThrownBy(() -> bench.stream().gatedLinear(whole, sliced, x, into))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("up [4, 8] was taken in with 2 slices");
    }
  }

  private static float[][] product(
      ComputeBench bench, ScaledTensor weight, int slices, float[][] x) {
    Weight loaded = bench.backend().load(weight, slices);
    var into = bench.window(new float[x.length][loaded.rows()]);
    bench.stream().linear(loaded, null, bench.window(x).tensor(), into.tensor());
    return into.read();
  }

  /** The part's columns of a weight. */
  static ScaledTensor part(ScaledTensor weight, int part, int parts) {
    long count = weight.columns() / parts;
    return weight.columns(part * count, count);
  }

  /** The part's columns of every row. */
  static float[][] columns(float[][] x, int part, int parts) {
    int count = x[0].length / parts;
    return Arrays.stream(x)
        .map(row -> Arrays.copyOfRange(row, part * count, (part + 1) * count))
        .toArray(float[][]::new);
  }

  /** Sums of as many parts as a power of two, by the tree as it is defined. */
  static float[][] joined(int parts, IntFunction<float[][]> part) {
    return joined(0, parts, part);
  }

  private static float[][] joined(int from, int parts, IntFunction<float[][]> part) {
    if (parts == 1) {
      return part.apply(from);
    }
    float[][] first = joined(from, parts / 2, part);
    float[][] second = joined(from + parts / 2, parts / 2, part);
    for (int row = 0; row < first.length; row++) {
      for (int i = 0; i < first[row].length; i++) {
        first[row][i] += second[row][i];
      }
    }
    return first;
  }
}
