package io.longcat4j.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.BackendException;
import io.longcat4j.CheckpointException;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.WeightScales;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Expert;
import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.Readout;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.RouterRule;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is refused, and what happens after the end. */
public interface LifetimeContract extends BackendUnderTest {
  @Test
  default void misfits_are_refused_before_anything_is_computed() {
    try (ComputeBench bench = bench(1)) {
      ComputeBackend backend = bench.backend();
      Stream s = bench.stream();
      Tensor x = backend.allocate(2, 4);
      Tensor y = backend.allocate(2, 3);
      Tensor tall = backend.allocate(3, 4);
      Weight w = bench.load(TestWeight.random(DType.BF16, 3, 4, new SplittableRandom(1)));
      Weight vector = bench.load(TestWeight.vector(1, 2, 3));
      refused(() -> s.linear(w, null, y, y), "[3, 4] and [2, 3]");
      refused(() -> s.linear(w, null, x, x), "[3, 4] and [2, 4]");
      refused(() -> s.linear(w, null, tall, y), "[3, 4] and [2, 3]");
      refused(() -> s.linear(w, w, x, y), "bias [3, 4]");
      refused(() -> s.gatedLinear(w, vector, x, y), "[3, 4] and [1, 3]");
      refused(() -> s.copy(x, y), "[2, 4] and [2, 3]");
      refused(() -> s.add(x, tall), "[2, 4] and [3, 4]");
      refused(() -> s.rmsNorm(x, vector, 0, 1, x), "gain [1, 3]");
      refused(() -> s.addEmbeddings(w, new int[] {0, 3}, x), "id 3");
      refused(() -> s.addEmbeddings(w, new int[] {0}, x), "1 ids");
      refused(() -> s.addEmbeddings(w, new int[] {0, 1}, y), "[3, 4] and [2, 3]");
      RowPlan two = bench.planOfSlots(3, 0, 1);
      RowPlan three = bench.planOfSlots(3, 0, 1, 2);
      RowPlan larger = bench.planOfSlots(4, 0, 1);
      refused(() -> s.scatter(x, three, tall), "a plan of 3 rows for the rows of [2, 4]");
      refused(() -> s.scatter(x, larger, tall), "a plan for 4 slots over the cache [3, 4]");
      refused(() -> s.scatter(y, two, tall), "[2, 3] and [3, 4]");
      refused(() -> s.write(new float[9], 2, x), "needs 8 numbers from index 2");
      refused(() -> s.read(x, new float[7], 0), "the array has 7");
      Rotary rotary = new Rotary(new double[] {1, 1}, 1);
      refused(() -> s.rotate(x, 1, rotary, three), "a plan of 3 rows");
      refused(() -> s.rotate(x, 2, rotary, two), "2 equal groups");
      for (int positions : new int[] {0, -1, 3, 12, Integer.MIN_VALUE}) {
        refused(() -> backend.allocatePlan(positions, 2), "power of two");
      }
      refused(() -> backend.allocatePlan(16, 1 << 27), "134217728 pages of 16 positions");
      refused(() -> backend.allocatePlan(16, -1), "-1 pages");
      refused(() -> backend.allocate(-1, 2), "-1 x 2");
      refused(() -> backend.allocate(1, 0), "1 x 0");
      refused(() -> backend.experts(List.of(new Expert(w, w, w))), "down [3, 4]");
    }
  }

  @Test
  default void windows_stay_within_their_tensor() {
    try (ComputeBench bench = bench(1)) {
      Tensor x = bench.backend().allocate(2, 4);
      assertThatThrownBy(() -> x.rows(1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> x.columns(-1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  default void routings_that_do_not_fit_are_refused() {
    try (ComputeBench bench = bench(1)) {
      Stream s = bench.stream();
      Tensor x = bench.backend().allocate(2, 4);
      Weight classifier = bench.load(TestWeight.random(DType.F32, 3, 4, new SplittableRandom(2)));
      Routing two = bench.backend().allocateRouting(1, 2);
      RouterRule rule = new RouterRule(2, 1, false);
      refused(() -> s.route(x, classifier, null, null, rule, two), "2 rows");
      Tensor row = x.rows(0, 1);
      RouterRule four = new RouterRule(4, 1, false);
      refused(() -> s.route(row, classifier, null, null, four, two), "4 picks of 3");
      refused(() -> s.addZeroExperts(two, 3, x, bench.backend().allocate(2, 4)), "0 rows");
      s.route(row, classifier, null, null, rule, two);
      assertThatThrownBy(() -> two.ids(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  default void plans_whose_spans_or_pages_do_not_fit_are_refused() {
    try (ComputeBench bench = bench(1);
        RowPlan plan = bench.backend().allocatePlan(4, 3)) {
      Stream s = bench.stream();
      PageTable pages = PageTable.of(2, 0, 1);
      refused(() -> s.plan(List.of(span(1, 1, 0, pages)), plan), "does not follow 0 rows");
      refused(() -> s.plan(List.of(span(0, 0, 0, pages)), plan), "a span of 0 rows");
      refused(() -> s.plan(List.of(span(0, 2, -1, pages)), plan), "position -1");
      refused(() -> s.plan(List.of(span(0, 2, 11, pages)), plan), "does not fit 3 pages");
      refused(
          () -> s.plan(List.of(span(0, 2, Integer.MAX_VALUE, pages)), plan),
          "does not fit 3 pages");
      refused(
          () -> s.plan(List.of(span(0, Integer.MAX_VALUE, 9, pages)), plan),
          "does not fit 3 pages");
      refused(() -> s.plan(List.of(span(0, 1, 0, PageTable.of())), plan), "does not fit 0 pages");
      refused(
          () -> s.plan(List.of(span(0, 2, 0, pages), span(1, 1, 0, pages)), plan),
          "does not follow 2 rows");
      for (int page : new int[] {3, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
        PageTable wrong = PageTable.of(2, page, 0);
        refused(
            () -> s.plan(List.of(span(0, 1, 4, wrong)), plan),
            "page " + page + " of position 4 lies outside the cache of 3 pages");
        s.plan(List.of(span(0, 1, 3, wrong)), plan);
        assertThat(plan.rows()).as("pages beyond those in use are not looked at").isEqualTo(1);
      }
      s.plan(List.of(), plan);
      assertThat(plan.rows()).isZero();
      s.plan(List.of(span(0, 12, 0, pages)), plan);
      assertThat(plan.rows()).isEqualTo(12);
    }
  }

  private static Span span(int firstRow, int rows, int firstPosition, PageTable pages) {
    return new Span(firstRow, rows, firstPosition, pages, AttentionPolicy.dense());
  }

  @Test
  default void attention_over_a_plan_that_does_not_fit_is_refused() {
    try (ComputeBench bench = bench(1)) {
      HeadLayout layout = new HeadLayout(1, 1, 1, 2, 1, 1);
      Weight kvB = bench.load(TestWeight.of(new float[2], new float[2]));
      Tensor queries = bench.backend().allocate(2, 2);
      Tensor cache = bench.backend().allocate(4, 3);
      Tensor into = bench.backend().allocate(2, 1);
      Stream s = bench.stream();
      RowPlan empty = bench.backend().allocatePlan(1, 4);
      for (RowPlan plan : List.of(empty, bench.planOfSlots(4, 1), bench.planOfSlots(4, 1, 2, 3))) {
        refused(
            () -> s.latentAttention(queries, kvB, layout, cache, plan, into),
            "latentAttention: a plan of " + plan.rows() + " rows");
      }
      RowPlan larger = bench.planOfSlots(5, 0, 1);
      refused(
          () -> s.latentAttention(queries, kvB, layout, cache, larger, into),
          "a plan for 5 slots over the cache [4, 3]");
    }
  }

  @Test
  default void windows_of_a_routing_are_filled_apart_and_read_together() {
    try (ComputeBench bench = bench(1);
        Routing all = bench.backend().allocateRouting(5, 2)) {
      Weight classifier = bench.load(TestWeight.random(DType.F32, 6, 4, new SplittableRandom(5)));
      RouterRule rule = new RouterRule(2, 1, false);
      Tensor x = bench.tensor(new float[][] {{1, 2, 3, 4}, {4, -3, 2, 1}});
      Routing first = all.rows(0, 2);
      Routing second = all.rows(2, 2);
      bench.stream().route(x, classifier, null, null, rule, first);
      bench.stream().route(x.rows(1, 1), classifier, null, null, rule, second);
      assertThat(all.ids(2)).isEqualTo(first.ids(2));
      assertThat(Arrays.copyOfRange(all.ids(3), 4, 6)).isEqualTo(second.ids(1));
      assertThat(second.ids(1)).containsExactly(first.ids(2)[2], first.ids(2)[3]);
      assertThat(second.weights(1)).containsExactly(first.weights(2)[2], first.weights(2)[3]);
      assertThatThrownBy(() -> all.ids(4)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> all.rows(4, 2)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> first.rows(1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
      Tensor three = bench.backend().allocate(3, 4);
      refused(() -> bench.stream().route(three, classifier, null, null, rule, first), "3 rows");
      second.close();
      assertThat(all.ids(3)).hasSize(6);
    }
  }

  @Test
  default void weights_that_do_not_fit_their_scales_are_refused() {
    try (ComputeBench bench = bench(1)) {
      ComputeBackend backend = bench.backend();
      var fp8 = TestWeight.stored(DType.F8_E4M3, Shape.of(5, 7), i -> 0);
      var f32 = TestWeight.stored(DType.F32, Shape.of(5, 7), i -> 0);
      var scales = TestWeight.stored(DType.F32, Shape.of(2, 3), i -> 0);
      backend.load(scaled(fp8, scales, 3, 3));
      assertThatThrownBy(() -> backend.load(scaled(fp8, scales, 2, 3)))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("[3, 3]");
      assertThatThrownBy(() -> backend.load(scaled(fp8, scales, 0, 3)))
          .isInstanceOf(CheckpointException.class);
      assertThatThrownBy(() -> backend.load(fp8))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("scale");
      assertThatThrownBy(() -> backend.load(scaled(f32, scales, 3, 3)))
          .isInstanceOf(CheckpointException.class);
      assertThatThrownBy(() -> backend.load(TestWeight.stored(DType.I32, Shape.of(2, 2), i -> 0)))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("I32");
      assertThatThrownBy(
              () -> backend.load(TestWeight.stored(DType.F32, Shape.of(2, 2, 2), i -> 0)))
          .isInstanceOf(CheckpointException.class);
    }
  }

  @Test
  default void things_of_another_backend_are_refused() {
    try (ComputeBench bench = bench(1);
        ComputeBench other = bench(1)) {
      Tensor own = bench.backend().allocate(1, 1);
      Tensor foreign = other.backend().allocate(1, 1);
      Weight weight = other.load(TestWeight.vector(1));
      refused(() -> bench.stream().copy(foreign, own), "another backend");
      refused(() -> bench.stream().rmsNorm(own, weight, 0, 1, own), "another backend");
      refused(() -> bench.stream().await(other.stream()), "another backend");
      RowPlan plan = other.planOfSlots(1, 0);
      Readout readout = other.backend().allocateReadout(1, 1);
      refused(() -> bench.stream().plan(List.of(), plan), "another backend");
      refused(() -> bench.stream().scatter(own, plan, own), "another backend");
      refused(() -> bench.stream().read(own, readout), "another backend");
      bench.stream().await(bench.backend().openStream());
      bench.stream().synchronise();
    }
  }

  @Test
  default void integer_weights_with_scales_that_do_not_fit_are_refused() {
    try (ComputeBench bench = bench(1)) {
      StoredTensor bytes = TestWeight.stored(DType.I8, Shape.of(4, 5), i -> i);
      StoredTensor pairs = TestWeight.stored(DType.U8, Shape.of(4, 5), i -> i);
      StoredTensor factors = TestWeight.stored(DType.BF16, Shape.of(4, 3), i -> 0x3f80);
      bench.backend().load(grouped(bytes, factors, 2, 5));
      bench.backend().load(grouped(pairs, factors, 4, 10));
      bench.backend().load(grouped(pairs, factors, 4, 9));
      misfit(bench, grouped(bytes, factors, 3, 5), "[4, 2]");
      misfit(bench, grouped(pairs, factors, 4, 8), "4 rows of 8");
      misfit(bench, grouped(pairs, factors, 3, 9), "even number");
      misfit(bench, grouped(bytes, factors, 0, 5), "group_size");
      misfit(bench, grouped(bytes, bytes, 1, 5), "BF16");
      misfit(bench, grouped(factors, factors, 1, 3), "only I8 and U8");
      misfit(bench, new ScaledTensor(bytes, WeightScales.none()), "w_scale");
    }
  }

  private static void misfit(ComputeBench bench, ScaledTensor weight, String part) {
    assertThatThrownBy(() -> bench.backend().load(weight))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(part);
  }

  private static ScaledTensor grouped(
      StoredTensor values, StoredTensor factors, int size, long columns) {
    return new ScaledTensor(values, new WeightScales.Groups(factors, size, columns));
  }

  @Test
  default void a_closed_tensor_and_its_windows_are_refused() {
    try (ComputeBench bench = bench(1)) {
      Tensor tensor = bench.backend().allocate(3, 3);
      Tensor window = tensor.rows(1, 2);
      window.close();
      bench.stream().zero(window);
      tensor.close();
      tensor.close();
      ended(() -> bench.stream().zero(tensor));
      ended(() -> bench.stream().zero(window));
      Routing routing = bench.backend().allocateRouting(1, 1);
      routing.close();
      routing.close();
      ended(() -> routing.ids(0));
      Tensor row = bench.backend().allocate(1, 1);
      RowPlan plan = bench.planOfSlots(1, 0);
      plan.close();
      plan.close();
      ended(() -> bench.stream().plan(List.of(), plan));
      ended(() -> bench.stream().scatter(row, plan, bench.backend().allocate(1, 1)));
      Readout readout = bench.backend().allocateReadout(1, 1);
      bench.stream().read(row, readout);
      row.close();
      ended(() -> readout.row(0, new float[1]));
    }
  }

  @Test
  default void everything_of_a_closed_backend_is_refused() {
    ComputeBench bench = bench(2);
    ComputeBackend backend = bench.backend();
    Tensor tensor = backend.allocate(1, 1);
    Weight weight = bench.load(TestWeight.vector(1));
    Routing routing = backend.allocateRouting(1, 1);
    RowPlan plan = bench.planOfSlots(1, 0);
    Readout readout = backend.allocateReadout(1, 1);
    bench.stream().read(tensor, readout);
    backend.close();
    backend.close();
    ended(() -> bench.stream().zero(tensor));
    ended(() -> bench.stream().linear(weight, null, tensor, tensor));
    ended(() -> bench.stream().synchronise());
    ended(() -> routing.ids(0));
    ended(() -> backend.allocate(1, 1));
    ended(() -> backend.allocateRouting(1, 1));
    ended(() -> backend.allocatePlan(1, 1));
    ended(() -> backend.allocateReadout(1, 1));
    ended(() -> bench.stream().plan(List.of(), plan));
    ended(() -> bench.stream().scatter(tensor, plan, tensor));
    ended(() -> readout.row(0, new float[1]));
    ended(() -> bench.load(TestWeight.vector(1)));
    ended(backend::openStream);
    tensor.close();
    routing.close();
  }

  @Test
  default void closing_ends_the_operations_of_other_threads_with_an_error() throws Exception {
    ComputeBench bench = bench(2);
    Weight weight = bench.load(TestWeight.random(DType.BF16, 64, 64, new SplittableRandom(3)));
    CountDownLatch running = new CountDownLatch(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      var loops =
          List.of(
              CompletableFuture.runAsync(() -> computeForEver(bench, weight, running), threads),
              CompletableFuture.runAsync(() -> computeForEver(bench, weight, running), threads));
      running.await();
      bench.close();
      for (CompletableFuture<Void> loop : loops) {
        assertThatThrownBy(loop::join).hasCauseInstanceOf(BackendException.class);
      }
    } finally {
      bench.close();
      threads.shutdown();
    }
  }

  private static void computeForEver(ComputeBench bench, Weight weight, CountDownLatch running) {
    Tensor x = bench.backend().allocate(3, 64);
    Tensor y = bench.backend().allocate(3, 64);
    Stream stream = bench.backend().openStream();
    stream.linear(weight, null, x, y);
    running.countDown();
    while (true) {
      stream.linear(weight, null, x, y);
      bench.backend().allocate(1, 1).close();
    }
  }

  @Test
  default void it_says_what_it_is() {
    try (ComputeBench bench = bench(2)) {
      assertThat(bench.backend().describe()).startsWith(bench.backend().name() + ":");
    }
  }

  private static ScaledTensor scaled(
      StoredTensor values, StoredTensor scales, int blockRows, int blockColumns) {
    return new ScaledTensor(values, new WeightScales.Blocks(scales, blockRows, blockColumns));
  }

  static void refused(ThrowingCallable call, String part) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(part);
  }

  private static void ended(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(BackendException.class).hasMessageContaining("closed");
  }
}
