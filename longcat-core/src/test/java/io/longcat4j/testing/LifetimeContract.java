package io.longcat4j.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.BackendException;
import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.WeightScales;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Expert;
import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.RouterRule;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.Span;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is refused, and what happens after the end. */
interface LifetimeContract extends BackendUnderTest {
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
      refused(() -> s.scatter(x, new int[] {0, 3}, tall), "row 3");
      refused(() -> s.scatter(x, new int[] {0, -1}, tall), "row -1");
      refused(() -> s.write(new float[9], 2, x), "needs 8 numbers from index 2");
      refused(() -> s.read(x, new float[7], 0), "the array has 7");
      Rotary rotary = new Rotary(new double[] {1, 1}, 1);
      refused(() -> s.rotate(x, 1, rotary, new int[] {1}), "1 positions");
      refused(() -> s.rotate(x, 2, rotary, new int[] {1, 2}), "2 equal groups");
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
  default void spans_that_leave_batch_or_cache_are_refused() {
    try (ComputeBench bench = bench(1)) {
      HeadLayout layout = new HeadLayout(1, 1, 1, 2, 1, 1);
      Weight kvB = bench.load(TestWeight.of(new float[2], new float[2]));
      Tensor queries = bench.backend().allocate(2, 2);
      Tensor cache = bench.backend().allocate(4, 3);
      Tensor into = bench.backend().allocate(2, 1);
      Stream s = bench.stream();
      int[] slots = {0, 1, 2, 3};
      for (List<Span> spans :
          List.of(
              List.<Span>of(),
              List.of(new Span(0, 1, 0, slots)),
              List.of(new Span(0, 3, 0, slots)),
              List.of(new Span(0, 2, 3, slots)),
              List.of(new Span(0, 2, -1, slots)),
              List.of(new Span(0, 2, 0, new int[] {0, 4})),
              List.of(new Span(0, 2, 0, new int[] {-1, 0})),
              List.of(new Span(0, 1, 0, slots), new Span(0, 1, 0, slots)))) {
        refused(
            () -> s.latentAttention(queries, kvB, layout, cache, spans, 0, into),
            "latentAttention");
      }
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
    }
  }

  @Test
  default void everything_of_a_closed_backend_is_refused() {
    ComputeBench bench = bench(2);
    ComputeBackend backend = bench.backend();
    Tensor tensor = backend.allocate(1, 1);
    Weight weight = bench.load(TestWeight.vector(1));
    Routing routing = backend.allocateRouting(1, 1);
    backend.close();
    backend.close();
    ended(() -> bench.stream().zero(tensor));
    ended(() -> bench.stream().linear(weight, null, tensor, tensor));
    ended(() -> bench.stream().synchronise());
    ended(() -> routing.ids(0));
    ended(() -> backend.allocate(1, 1));
    ended(() -> backend.allocateRouting(1, 1));
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
