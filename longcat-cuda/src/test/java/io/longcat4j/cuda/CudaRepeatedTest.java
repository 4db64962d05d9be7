package io.longcat4j.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.compute.Repeated;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.testing.ComputeBench;
import io.longcat4j.testing.EmulatorSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("emulated")
class CudaRepeatedTest extends EmulatedBackend {
  private final List<Integer> queued = new ArrayList<>();

  CudaRepeatedTest() {
    super(EmulatorSettings.today());
  }

  @Test
  void a_shape_is_kept_when_it_comes_again_and_not_queued_after_that() {
    try (ComputeBench bench = bench(1)) {
      CudaRepeated repeated = (CudaRepeated) bench.stream().repeated();
      Tensor x = bench.tensor(new float[][] {{0}, {0}});
      Tensor one = bench.tensor(new float[][] {{1}, {1}});
      List<RowPlan> plans = List.of(plan(bench, 1), plan(bench, 2));
      for (int rows : new int[] {1, 2, 1, 1, 2, 1, 2, 2}) {
        RowPlan plan = plans.get(rows - 1);
        repeated.run(plan, () -> add(bench.stream(), one.rows(0, rows), x.rows(0, rows)));
      }
      assertThat(queued).containsExactly(1, 2, 1, 2);
      assertThat(repeated.graphs()).isEqualTo(2);
      assertThat(bench.read(x)).isDeepEqualTo(new float[][] {{8}, {4}});
    }
  }

  @Test
  void passes_of_many_rows_are_queued_every_time() {
    try (ComputeBench bench = bench(1)) {
      CudaRepeated repeated = (CudaRepeated) bench.stream().repeated();
      int rows = CudaRepeated.MOST_ROWS + 1;
      RowPlan plan = plan(bench, rows);
      Tensor x = bench.tensor(new float[rows][1]);
      for (int i = 0; i < 3; i++) {
        repeated.run(plan, () -> add(bench.stream(), bench.tensor(new float[rows][1]), x));
      }
      assertThat(queued).hasSize(3);
      assertThat(repeated.graphs()).isZero();
    }
  }

  @Test
  void graphs_that_were_not_used_for_long_are_closed() {
    try (ComputeBench bench = bench(1)) {
      CudaRepeated repeated = (CudaRepeated) bench.stream().repeated();
      Tensor x = bench.tensor(new float[][] {{0}});
      Tensor one = bench.tensor(new float[][] {{1}});
      for (int i = 0; i < 100; i++) {
        RowPlan plan = plan(bench, 1);
        repeated.run(plan, () -> add(bench.stream(), one, x));
        repeated.run(plan, () -> add(bench.stream(), one, x));
      }
      assertThat(repeated.graphs()).isEqualTo(64);
      assertThat(bench.read(x)[0][0]).isEqualTo(200);
      repeated.close();
      assertThat(repeated.graphs()).isZero();
    }
  }

  @Test
  void a_property_turns_graphs_off() {
    System.setProperty(CudaRepeated.PROPERTY, "off");
    try (ComputeBench bench = bench(1)) {
      assertThat(bench.stream().repeated()).isInstanceOf(Repeated.OneByOne.class);
    } finally {
      System.clearProperty(CudaRepeated.PROPERTY);
    }
  }

  private static RowPlan plan(ComputeBench bench, int rows) {
    return bench.planOfSlots(64, IntStream.range(0, rows).toArray());
  }

  private void add(Stream stream, Tensor from, Tensor into) {
    queued.add(into.rows());
    stream.add(from, into);
  }
}
