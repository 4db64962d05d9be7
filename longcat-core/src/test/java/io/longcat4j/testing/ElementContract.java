package io.longcat4j.testing;

import static io.longcat4j.testing.ComputeBench.assertClose;
import static io.longcat4j.testing.ComputeBench.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.BackendException;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Integers;
import io.longcat4j.compute.Readout;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Tensor;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.HostRows;
import io.longcat4j.tensor.Largest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Operations that touch every element once. */
public interface ElementContract extends BackendUnderTest {
  @Test
  default void a_new_tensor_is_zero_and_gives_back_what_is_written() {
    try (ComputeBench bench = bench(2)) {
      Tensor tensor = bench.backend().allocate(3, 5);
      assertThat(bench.read(tensor)).isDeepEqualTo(new float[3][5]);
      float[] values = {9, 9, 1, 2, 3, 4, 5, 6, 9};
      Tensor window = tensor.rows(1, 2).columns(1, 3);
      bench.stream().write(values, 2, window);
      assertThat(bench.read(tensor))
          .isDeepEqualTo(new float[][] {{0, 0, 0, 0, 0}, {0, 1, 2, 3, 0}, {0, 4, 5, 6, 0}});
      float[] back = new float[8];
      bench.stream().read(window.rows(1, 1), back, 4);
      assertThat(back).containsExactly(0, 0, 0, 0, 4, 5, 6, 0);
      bench.stream().zero(window.columns(0, 2));
      assertThat(bench.read(window)).isDeepEqualTo(new float[][] {{0, 0, 3}, {0, 0, 6}});
    }
  }

  @Test
  default void a_tensor_without_rows_goes_through_every_operation() {
    try (ComputeBench bench = bench(2)) {
      Tensor empty = bench.backend().allocate(0, 4);
      var matrix = TestWeight.of(new float[4], new float[4], new float[4], new float[4]);
      var weight = bench.load(matrix);
      bench.stream().linear(weight, null, empty, empty);
      bench.stream().gatedLinear(weight, weight, empty, empty);
      bench.stream().add(empty, empty);
      bench.stream().rmsNorm(empty, bench.load(TestWeight.vector(1, 1, 1, 1)), 0, 1, empty);
      bench.stream().addEmbeddings(weight, new int[0], empty);
      assertThat(bench.read(empty)).isEmpty();
    }
  }

  @Test
  default void elements_are_copied_and_added_within_windows() {
    SplittableRandom random = new SplittableRandom(1);
    try (ComputeBench bench = bench(2)) {
      for (int columns : new int[] {1, 7, 64, 4098}) {
        float[][] a = random(9, columns, random);
        float[][] b = random(9, columns, random);
        var from = bench.window(a);
        var into = bench.window(b);
        bench.stream().add(from.tensor(), into.tensor());
        float[][] sums = into.read();
        for (int row = 0; row < 9; row++) {
          for (int i = 0; i < columns; i++) {
            assertThat(sums[row][i]).isEqualTo(a[row][i] + b[row][i]);
          }
        }
        bench.stream().copy(from.tensor(), into.tensor());
        assertThat(into.read()).isDeepEqualTo(a);
      }
    }
  }

  @Test
  default void a_vector_is_added_to_every_row_of_a_window() {
    SplittableRandom random = new SplittableRandom(14);
    try (ComputeBench bench = bench(2)) {
      float[][] numbers = random(3, 700, random);
      float[][] vector = random(1, 700, random);
      var into = bench.window(numbers);
      bench.stream().addVector(bench.load(TestWeight.vector(vector[0])), into.tensor());
      float[][] sums = into.read();
      for (int row = 0; row < 3; row++) {
        for (int i = 0; i < 700; i++) {
          assertThat(sums[row][i]).isEqualTo(numbers[row][i] + vector[0][i]);
        }
      }
    }
  }

  @Test
  default void the_largest_number_of_a_row_is_found_the_first_of_equals_and_what_is_none() {
    SplittableRandom random = new SplittableRandom(15);
    try (ComputeBench bench = bench(2);
        Integers found = bench.backend().allocateIntegers(4)) {
      for (int columns : new int[] {1, 33, 4097, 9000}) {
        float[][] numbers = random(4, columns, random);
        numbers[1][columns - 1] = 9;
        numbers[1][columns / 2] = 9;
        numbers[2] = new float[columns];
        numbers[3][columns / 3] = Float.NaN;
        numbers[3][columns - 1] = Float.intBitsToFloat(0xffc00000);
        var window = bench.window(numbers);
        bench.stream().largest(window.tensor(), found);
        assertThat(found.get(0)).isEqualTo(Largest.of(numbers[0]));
        assertThat(found.get(1)).isEqualTo(columns / 2);
        assertThat(found.get(2)).isZero();
        assertThat(found.get(3)).isEqualTo(-1 - columns / 3);
        assertThatThrownBy(() -> found.get(4)).isInstanceOf(IndexOutOfBoundsException.class);
      }
    }
  }

  @Test
  default void branches_are_added_before_a_norm_as_one_by_one() {
    SplittableRandom random = new SplittableRandom(16);
    try (ComputeBench bench = bench(2)) {
      for (int columns : new int[] {1, 700, 4097}) {
        var gain = bench.load(TestWeight.vector(random(1, columns, random)[0]));
        float[][] x = random(3, columns, random);
        var first = bench.window(random(3, columns, random));
        var second = bench.window(random(3, columns, random));
        for (Tensor other : Arrays.asList(null, second.tensor())) {
          var expected = bench.window(x);
          var expectedNorm = bench.window(new float[3][columns]);
          bench.stream().add(first.tensor(), expected.tensor());
          if (other != null) {
            bench.stream().add(other, expected.tensor());
          }
          bench.stream().rmsNorm(expected.tensor(), gain, 1e-5f, 2, expectedNorm.tensor());
          var sums = bench.window(x);
          var norm = bench.window(new float[3][columns]);
          bench.stream()
              .addNorm(first.tensor(), other, sums.tensor(), gain, 1e-5f, 2, norm.tensor());
          ComputeBench.assertSameBits("sums", sums.read(), expected.read());
          ComputeBench.assertSameBits("norm", norm.read(), expectedNorm.read());
          var alone = bench.window(x);
          bench.stream()
              .addNorm(first.tensor(), other, alone.tensor(), gain, 1e-5f, 2, alone.tensor());
          ComputeBench.assertSameBits("in place", alone.read(), expectedNorm.read());
        }
      }
    }
  }

  @Test
  default void partials_are_joined_by_a_tree_whatever_their_number_and_windows() {
    SplittableRandom random = new SplittableRandom(9);
    try (ComputeBench bench = bench(2)) {
      for (int count : new int[] {1, 2, 3, 4, 5, 7, 8, 9}) {
        for (int columns : new int[] {1, 511, 513, 20000}) {
          List<float[][]> partials = new ArrayList<>();
          List<Tensor> tensors = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            partials.add(random(3, columns, random));
            tensors.add(bench.window(partials.get(i)).tensor());
          }
          var into = bench.window(new float[3][columns]);
          bench.stream().join(tensors, into.tensor());
          float[][] expected = Expected.tree(partials);
          ComputeBench.assertSameBits(count + " of " + columns, into.read(), expected);
        }
      }
    }
  }

  @Test
  default void a_tree_adds_neighbours_first() {
    try (ComputeBench bench = bench(1)) {
      float large = 0x1p24f;
      List<Tensor> partials = new ArrayList<>();
      for (float value : new float[] {large, 1, 1, 1, 1}) {
        partials.add(bench.tensor(new float[][] {{value}}));
      }
      Tensor into = bench.backend().allocate(1, 1);
      bench.stream().join(partials.subList(0, 4), into);
      // From left to right every 1 would be lost; so would be the last in (p0 + p1) + (p2 + p3).
      assertThat(bench.read(into)[0][0]).isEqualTo(large + 2);
      Tensor two = bench.tensor(new float[][] {{2}});
      bench.stream().join(List.of(partials.get(1), partials.get(2), partials.get(0)), into);
      assertThat(bench.read(into)[0][0]).isEqualTo(large + 2);
      bench.stream()
          .join(List.of(partials.get(0), partials.get(1), partials.get(2), two, two), into);
      assertThat(bench.read(into)[0][0]).isEqualTo(large + 6);
    }
  }

  @Test
  default void a_tensor_over_memory_of_others_reads_and_writes_it() {
    try (ComputeBench bench = bench(2)) {
      ByteBuffer memory = ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());
      for (int i = 0; i < 16; i++) {
        memory.putFloat(4 * i, i);
      }
      Tensor tensor = bench.backend().over(memory.position(8), 3, 4);
      assertThat(bench.read(tensor.columns(1, 2).rows(1, 2)))
          .isDeepEqualTo(new float[][] {{7, 8}, {11, 12}});
      bench.stream().add(tensor, bench.tensor(new float[3][4]));
      bench.stream().add(bench.tensor(new float[][] {{100, 200}}), tensor.rows(2, 1).columns(2, 2));
      assertThat(memory.getFloat(4 * 12)).isEqualTo(112);
      assertThat(memory.getFloat(4 * 13)).isEqualTo(213);
      assertThat(memory.getFloat(4 * 14)).isEqualTo(14);
      memory.putFloat(8, 42);
      assertThat(bench.read(tensor)[0][0]).isEqualTo(42);
      tensor.close();
      assertThatThrownBy(() -> bench.stream().zero(tensor)).isInstanceOf(BackendException.class);
      assertThat(memory.getFloat(8)).isEqualTo(42);
    }
  }

  @Test
  default void memory_of_others_that_does_not_fit_is_refused() {
    try (ComputeBench bench = bench(1)) {
      ComputeBackend backend = bench.backend();
      ByteBuffer memory = ByteBuffer.allocateDirect(48).order(ByteOrder.nativeOrder());
      Tensor whole = backend.over(memory, 3, 4);
      bench.stream().zero(whole);
      LifetimeContract.refused(() -> backend.over(memory, 3, 5), "needs 60 bytes");
      LifetimeContract.refused(() -> backend.over(memory.duplicate(), 3, 4), "BIG_ENDIAN");
      LifetimeContract.refused(() -> backend.over(memory, 1 << 20, 1 << 20), "bytes");
      LifetimeContract.refused(() -> backend.over(memory, 3, 0), "3 x 0");
      ByteBuffer heap = ByteBuffer.allocate(48).order(ByteOrder.nativeOrder());
      LifetimeContract.refused(() -> backend.over(heap, 3, 4), "direct");
      ByteBuffer odd = memory.duplicate().order(ByteOrder.nativeOrder()).position(2);
      LifetimeContract.refused(() -> backend.over(odd, 1, 4), "multiple of 4");
      Tensor other = backend.allocate(3, 5);
      LifetimeContract.refused(() -> bench.stream().join(List.of(whole, other), whole), "[3, 5]");
      LifetimeContract.refused(() -> bench.stream().join(List.of(), whole), "at least one");
    }
  }

  @Test
  default void rows_are_scattered_to_where_they_are_sent() {
    SplittableRandom random = new SplittableRandom(2);
    try (ComputeBench bench = bench(2)) {
      float[][] rows = random(3, 11, random);
      var into = bench.window(new float[6][11]);
      bench.stream()
          .scatter(bench.window(rows).tensor(), bench.planOfSlots(6, 5, 0, 3), into.tensor());
      float[] zero = new float[11];
      assertThat(into.read())
          .isDeepEqualTo(new float[][] {rows[1], zero, zero, rows[2], zero, rows[0]});
    }
  }

  @Test
  default void embeddings_are_added_and_negative_ids_add_nothing() {
    SplittableRandom random = new SplittableRandom(3);
    try (ComputeBench bench = bench(2)) {
      for (DType dtype : LinearContract.FORMATS) {
        TestWeight table = TestWeight.random(dtype, 37, 131, random);
        float[][] start = random(4, 131, random);
        var into = bench.window(start);
        bench.stream().addEmbeddings(bench.load(table), new int[] {36, -1, 0, 36}, into.tensor());
        float[][] result = into.read();
        int[] ids = {36, -1, 0, 36};
        for (int row = 0; row < 4; row++) {
          for (int i = 0; i < 131; i++) {
            float addend = ids[row] < 0 ? 0 : table.numbers()[ids[row]][i];
            assertThat(result[row][i]).as(dtype.name()).isEqualTo(start[row][i] + addend);
          }
        }
      }
    }
  }

  @Test
  default void rms_norm_follows_its_formula_also_in_place() {
    SplittableRandom random = new SplittableRandom(4);
    try (ComputeBench bench = bench(2)) {
      for (int columns : new int[] {1, 2, 7, 8, 9, 67, 1536, 4098}) {
        float[][] x = random(3, columns, random);
        TestWeight gain = TestWeight.random(DType.BF16, 1, columns, random);
        double[][] expected = new double[3][];
        for (int row = 0; row < 3; row++) {
          expected[row] = Expected.rmsNorm(x[row], gain.numbers()[0], 1e-5, 2.5);
        }
        var tensor = bench.window(x);
        bench.stream().rmsNorm(tensor.tensor(), bench.load(gain), 1e-5f, 2.5f, tensor.tensor());
        assertClose("rmsNorm " + columns, tensor.read(), expected, columns);
      }
    }
  }

  @Test
  default void rms_norm_stands_very_large_very_small_and_zero_rows() {
    try (ComputeBench bench = bench(1)) {
      float[][] x = {{3e30f, 4e30f}, {3e-30f, 4e-30f}, {0, 0}};
      Tensor tensor = bench.tensor(x);
      bench.stream().rmsNorm(tensor, bench.load(TestWeight.vector(1, 2)), 0x1p-100f, 1, tensor);
      double root = Math.sqrt(12.5);
      assertClose(
          "rmsNorm",
          bench.read(tensor),
          new double[][] {
            {3 / root, 8 / root}, Expected.rmsNorm(x[1], new float[] {1, 2}, 0x1p-100, 1), {0, 0}
          },
          2);
    }
  }

  @Test
  default void consecutive_rows_of_sequences_go_to_the_slots_of_their_positions() {
    SplittableRandom random = new SplittableRandom(6);
    try (ComputeBench bench = bench(2)) {
      float[][] rows = random(9, 4, random);
      var into = bench.window(new float[32][4]);
      List<Span> spans =
          List.of(
              new Span(0, 6, 2, PageTable.of(7, 0, 3), AttentionPolicy.dense()),
              new Span(6, 3, 9, PageTable.of(1, 1, 2), AttentionPolicy.topK(5)));
      bench.stream().scatter(bench.window(rows).tensor(), bench.plan(spans, 4, 32), into.tensor());
      int[] slots = {30, 31, 0, 1, 2, 3, 9, 10, 11};
      float[][] expected = new float[32][4];
      for (int row = 0; row < slots.length; row++) {
        expected[slots[row]] = rows[row];
      }
      assertThat(into.read()).isDeepEqualTo(expected);
    }
  }

  @Test
  default void a_plan_is_filled_again_and_grows() {
    SplittableRandom random = new SplittableRandom(7);
    try (ComputeBench bench = bench(2);
        RowPlan plan = bench.backend().allocatePlan(1, 600)) {
      assertThat(plan.rows()).isZero();
      for (int count : new int[] {1, 300, 2, 513, 1}) {
        float[][] rows = random(count, 3, random);
        var into = bench.window(new float[600][3]);
        int[] pages = IntStream.range(0, count + 5).map(i -> 599 - i).toArray();
        Span span = new Span(0, count, 5, PageTable.of(pages), AttentionPolicy.dense());
        bench.stream().plan(List.of(span), plan);
        assertThat(plan.rows()).isEqualTo(count);
        bench.stream().scatter(bench.window(rows).tensor(), plan, into.tensor());
        float[][] read = into.read();
        for (int row = 0; row < count; row++) {
          assertThat(read[594 - row]).containsExactly(rows[row]);
        }
      }
    }
  }

  @Test
  default void rows_from_outside_the_heap_are_written_as_they_are() {
    SplittableRandom random = new SplittableRandom(8);
    try (ComputeBench bench = bench(2)) {
      float[][] rows = random(5, 7, random);
      float[] flat = new float[35];
      for (int row = 0; row < 5; row++) {
        System.arraycopy(rows[row], 0, flat, 7 * row, 7);
      }
      HostRows all = HostRows.copyOf(flat, 0, 5, 7);
      var into = bench.window(new float[3][7]);
      bench.stream().write(all.rows(1, 3), into.tensor());
      assertThat(into.read()).isDeepEqualTo(new float[][] {rows[1], rows[2], rows[3]});
      assertThatThrownBy(() -> bench.stream().write(all, into.tensor()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("HostRows[5, 7] does not go into [3, 7]");
    }
  }

  @Test
  default void a_block_is_read_at_once_and_its_rows_are_asked_for_one_by_one() {
    SplittableRandom random = new SplittableRandom(9);
    try (ComputeBench bench = bench(2);
        Readout readout = bench.backend().allocateReadout(4, 6)) {
      assertThat(readout.rows()).isZero();
      float[][] rows = random(3, 5, random);
      bench.stream().read(bench.window(rows).tensor(), readout);
      assertThat(readout.rows()).isEqualTo(3);
      float[] row = new float[6];
      for (int i : new int[] {2, 0, 1, 2}) {
        row[5] = 9;
        readout.row(i, row);
        assertThat(row)
            .containsExactly(rows[i][0], rows[i][1], rows[i][2], rows[i][3], rows[i][4], 9);
      }
      assertThatThrownBy(() -> readout.row(3, row)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> readout.row(0, new float[4]))
          .isInstanceOf(IndexOutOfBoundsException.class);
      Tensor tall = bench.backend().allocate(5, 6);
      assertThatThrownBy(() -> bench.stream().read(tall, readout))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[5, 6] does not fit a block of [4, 6]");
    }
  }

  private static RowPlan at(ComputeBench bench, int... positions) {
    List<Span> spans = new ArrayList<>();
    for (int position : positions) {
      PageTable pages = PageTable.of(new int[position / 16 + 1]);
      spans.add(new Span(spans.size(), 1, position, pages, AttentionPolicy.dense()));
    }
    return bench.plan(spans, 16, 16);
  }

  @Test
  default void rotation_turns_the_last_columns_of_every_group() {
    SplittableRandom random = new SplittableRandom(5);
    try (ComputeBench bench = bench(2)) {
      for (int pairs : new int[] {1, 3, 8, 32}) {
        double[] frequencies = new double[pairs];
        for (int i = 0; i < pairs; i++) {
          frequencies[i] = Math.pow(1e7, -(double) i / pairs);
        }
        Rotary rotary = new Rotary(frequencies, 1.25);
        int groups = 3;
        float[][] x = random(4, groups * (2 * pairs + 5), random);
        int[] positions = {0, 1, 17, 131071};
        double[][] expected = new double[4][];
        for (int row = 0; row < 4; row++) {
          expected[row] = Expected.rotate(x[row], groups, rotary, positions[row]);
        }
        var tensor = bench.window(x);
        bench.stream().rotate(tensor.tensor(), groups, rotary, at(bench, positions));
        assertClose("rotate " + pairs, tensor.read(), expected, 2);
      }
    }
  }

  @Test
  default void a_quarter_turn_writes_firsts_before_seconds() {
    try (ComputeBench bench = bench(1)) {
      Tensor x = bench.tensor(new float[][] {{7, 1, 2, 3, 4}});
      Rotary rotary = new Rotary(new double[] {Math.PI / 2, 0}, 1);
      bench.stream().rotate(x, 1, rotary, at(bench, 1));
      assertClose("rotate", bench.read(x), new double[][] {{7, -2, 3, 1, 4}}, 1);
    }
  }
}
