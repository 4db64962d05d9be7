package io.longcat4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.longcat4j.BackendException;
import io.longcat4j.DeadlineExceededException;
import io.longcat4j.Device;
import io.longcat4j.LongCatException;
import io.longcat4j.checkpoint.Storage;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OnnxSessionTest {

  @Property(tries = 25)
  void linear_layer_over_external_weights_equals_plain_java(
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 70) int in,
      @ForAll @IntRange(min = 1, max = 70) int out,
      @ForAll long seed) {
    Random random = new Random(seed);
    float[] x = gaussian(random, rows * in);
    float[] weight = gaussian(random, out * in);
    float[] bias = gaussian(random, out);
    try (OnnxSession session = open(linear(in, out, weight, bias))) {
      float[] y = session.runForFloats(Map.of("x", OnnxValue.of(x, rows, in))).toArray();
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < out; column++) {
          double expected = bias[column];
          for (int i = 0; i < in; i++) {
            expected += (double) x[row * in + i] * weight[column * in + i];
          }
          assertThat((double) y[row * out + column]).isCloseTo(expected, within(1e-4 * in));
        }
      }
    }
  }

  @Test
  void a_graph_that_waits_is_loaded_by_its_first_run_and_computes_the_same() {
    float[] x = {1, 2};
    OnnxGraph graph = linear(2, 1, new float[] {3, 5}, new float[] {7});
    try (OnnxSession session = OnnxSession.onFirstRun(graph, 2, Device.cpu(), "waiting")) {
      Map<String, OnnxValue> inputs = Map.of("x", OnnxValue.of(x, 1, 2));
      assertThat(session.runForFloats(inputs).toArray()).containsExactly(20);
      assertThat(session.runForFloats(inputs).toArray()).containsExactly(20);
    }
  }

  @Test
  void a_graph_that_waits_is_not_looked_at_before_its_first_run() {
    OnnxGraph damaged = OnnxGraph.of("damaged", new byte[] {1, 2, 3});
    assertThatThrownBy(() -> OnnxSession.open(damaged, 1, Device.cpu(), "damaged"))
        .isInstanceOf(BackendException.class);
    try (OnnxSession session = OnnxSession.onFirstRun(damaged, 1, Device.cpu(), "damaged")) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> session.run(Map.of()))
            .isInstanceOf(BackendException.class)
            .hasMessageContaining("refuses the graph");
      }
    }
  }

  @Test
  void a_graph_that_waited_until_it_was_closed_is_never_loaded() {
    OnnxGraph damaged = OnnxGraph.of("damaged", new byte[] {1, 2, 3});
    OnnxSession session = OnnxSession.onFirstRun(damaged, 1, Device.cpu(), "damaged");
    session.close();
    assertThatThrownBy(() -> session.run(Map.of()))
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("is closed");
    session.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32", "F16", "BF16", "I32"})
  void stored_weights_of_any_format_are_f32_in_the_graph(DType dtype) {
    StoredTensor tensor =
        new StoredTensor(
            "w", "test", dtype, Shape.of(2, 2), new DirectStorage(stored(dtype, 1, -2, 4, 3)), 0);
    GraphBuilder graph = new GraphBuilder("widening", 20);
    String x = graph.input("x", ElementType.FLOAT32, Dim.of("rows"), Dim.of(2));
    String y = new Layers(graph).linear(x, graph.initializer(tensor));
    graph.outputAs("y", y, ElementType.FLOAT32, Dim.of("rows"), Dim.of(2));
    OnnxGraph built = graph.build();
    assertThat(built.parameters()).isEqualTo(4);
    try (OnnxSession session = open(built)) {
      OnnxValue.Floats result =
          session.runForFloats(Map.of("x", OnnxValue.of(new float[] {1, 10}, 1, 2)));
      assertThat(result.toArray()).containsExactly(-19, 34);
      assertThat(result.shape()).isEqualTo(Shape.of(1, 2));
    }
  }

  private static ByteBuffer stored(DType dtype, int... values) {
    ByteBuffer raw =
        ByteBuffer.allocateDirect(values.length * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      switch (dtype) {
        case F64 -> raw.putDouble(value);
        case F32 -> raw.putFloat(value);
        case BF16 -> raw.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        case F16 -> raw.putShort(half(value));
        default -> raw.putInt(value);
      }
    }
    return raw;
  }

  private static short half(int value) {
    int bits = Float.floatToRawIntBits(value);
    int exponent = (bits >>> 23 & 0xff) - 127 + 15;
    return (short) ((bits >>> 16 & 0x8000) | (exponent << 10) | (bits >>> 13 & 0x3ff));
  }

  @Test
  void attributes_of_every_kind_and_inline_constants_reach_the_runtime() {
    GraphBuilder graph = new GraphBuilder("attributes", 20);
    Layers layers = new Layers(graph);
    String x = graph.input("x", ElementType.FLOAT32, Dim.of("n"), Dim.of(4));
    String flipped = layers.transpose(x, 1, 0);
    String norm =
        layers.layerNorm(
            x,
            graph.initializer("w", new float[] {1, 1, 1, 2}, 4),
            graph.initializer("b", new float[] {0, 0, 0, 1}, 4),
            3f);
    String gelu = layers.gelu(layers.clip(x, 0, 2));
    String joined = layers.concat(1, layers.slice(x, 1, -1, Long.MAX_VALUE), gelu);
    graph.outputAs("flipped", flipped, ElementType.FLOAT32, Dim.of(4), Dim.of("n"));
    graph.outputAs("norm", norm, ElementType.FLOAT32, Dim.of("n"), Dim.of(4));
    graph.outputAs("joined", joined, ElementType.FLOAT32, Dim.of("n"), Dim.of(5));
    try (OnnxSession session = open(graph.build())) {
      Map<String, OnnxValue> out =
          session.run(Map.of("x", OnnxValue.of(new float[] {-1, 1, -1, 1, 5, 1, 0, 2}, 2, 4)));
      assertThat(floats(out, "flipped")).containsExactly(-1, 5, 1, 1, -1, 0, 1, 2);
      assertThat(floats(out, "norm")).startsWith(-0.5f, 0.5f, -0.5f, 2f);
      float[] joinedValues = floats(out, "joined");
      assertThat(joinedValues[0]).isEqualTo(1);
      assertThat(joinedValues[2]).isCloseTo(0.8413447f, within(1e-6f));
      assertThat(joinedValues[6]).isCloseTo(1.9544997f, within(1e-6f));
    }
  }

  @Test
  void integers_go_in_and_come_out() {
    GraphBuilder graph = new GraphBuilder("integers", 20);
    String ids = graph.input("ids", ElementType.INT64, Dim.of("n"));
    String doubled = graph.node("Mul", List.of(ids, graph.integer(2)));
    graph.outputAs("doubled", doubled, ElementType.INT64, Dim.of("n"));
    try (OnnxSession session = open(graph.build())) {
      Map<String, OnnxValue> out =
          session.run(Map.of("ids", OnnxValue.of(new long[] {1, -7, 1L << 40}, 3)));
      assertThat(((OnnxValue.Longs) out.get("doubled")).toArray())
          .containsExactly(2, -14, 1L << 41);
    }
  }

  @Test
  void overlapping_runs_all_give_the_same_numbers() throws Exception {
    Random random = new Random(5);
    float[] x = gaussian(random, 64 * 64);
    OnnxGraph graph = linear(64, 64, gaussian(random, 64 * 64), gaussian(random, 64));
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try (OnnxSession session = OnnxSession.open(graph, 2, Device.cpu(), "linear layer")) {
      Map<String, OnnxValue> inputs = Map.of("x", OnnxValue.of(x, 64, 64));
      float[] alone = session.runForFloats(inputs).toArray();
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        results.add(pool.submit(() -> session.runForFloats(inputs).toArray()));
      }
      for (Future<float[]> result : results) {
        assertThat(result.get()).isEqualTo(alone);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void closing_while_runs_go_on_ends_them_with_results_or_a_clear_error() throws Exception {
    OnnxSession session = open(linear(2, 1, new float[] {1, 1}, new float[] {0}));
    CountDownLatch running = new CountDownLatch(1);
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try {
      Future<String> loop =
          pool.submit(
              () -> {
                while (true) {
                  try {
                    session.run(Map.of("x", OnnxValue.of(new float[] {1, 2}, 1, 2)));
                    running.countDown();
                  } catch (LongCatException e) {
                    return e.getMessage();
                  }
                }
              });
      running.await();
      session.close();
      assertThat(loop.get()).contains("test graph is closed");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void a_run_that_is_not_wanted_any_more_is_given_up_and_harms_no_other() {
    GraphBuilder graph = new GraphBuilder("long", 20);
    int side = 768;
    String x = graph.input("x", ElementType.FLOAT32, Dim.of(1), Dim.of(side), Dim.of(side));
    String product = x;
    for (int i = 0; i < 4000; i++) {
      product = graph.node("MatMul", List.of(product, x));
    }
    graph.outputAs("y", product, ElementType.FLOAT32, Dim.of(1), Dim.of(side), Dim.of(side));
    Map<String, OnnxValue> inputs =
        Map.of("x", OnnxValue.of(new float[side * side], 1, side, side));
    AtomicInteger questions = new AtomicInteger(2);
    Cancellation wanted =
        () -> {
          if (questions.getAndDecrement() == 0) {
            throw new DeadlineExceededException("too late");
          }
        };
    try (OnnxSession session = open(graph.build());
        OnnxSession other = open(linear(2, 1, new float[] {1, 1}, new float[] {0}))) {
      for (int i = 0; i < 2; i++) {
        questions.set(2);
        assertTimeout(
            Duration.ofSeconds(8),
            () ->
                assertThatThrownBy(() -> session.run(inputs, wanted))
                    .isInstanceOf(DeadlineExceededException.class)
                    .hasMessage("too late"));
      }
      Map<String, OnnxValue> some = Map.of("x", OnnxValue.of(new float[] {1, 2}, 1, 2));
      assertThat(((OnnxValue.Floats) other.run(some, () -> {}).get("y")).toArray())
          .containsExactly(3f);
    }
  }

  @Test
  void closing_twice_is_harmless_and_use_after_close_names_the_session() {
    OnnxSession session = open(linear(1, 1, new float[] {1}, new float[] {0}));
    session.close();
    session.close();
    assertThatThrownBy(() -> session.run(Map.of("x", OnnxValue.of(new float[1], 1, 1))))
        .isInstanceOf(LongCatException.class)
        .hasMessageContaining("test graph is closed");
  }

  @Test
  void wrong_shapes_are_refused_with_the_description() {
    try (OnnxSession session = open(linear(3, 1, new float[3], new float[1]))) {
      assertThatThrownBy(() -> session.run(Map.of("x", OnnxValue.of(new float[4], 1, 4))))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("test graph: the run failed");
    }
  }

  @Test
  void cuda_without_its_artifact_names_the_artifact() {
    OnnxGraph graph = linear(1, 1, new float[1], new float[1]);
    assertThatThrownBy(() -> OnnxSession.open(graph, 1, Device.cuda(0), "test graph"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("com.microsoft.onnxruntime:onnxruntime_gpu");
  }

  @Test
  void a_file_that_is_no_graph_is_refused_with_the_description() {
    OnnxGraph broken = OnnxGraph.of("broken", new byte[] {1, 2, 3});
    assertThat(broken.parameters()).isZero();
    assertThatThrownBy(() -> open(broken))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("test graph: ONNX Runtime refuses the graph");
  }

  @Test
  void an_operator_that_does_not_exist_is_refused_with_the_description() {
    GraphBuilder graph = new GraphBuilder("broken", 20);
    String x = graph.input("x", ElementType.FLOAT32, Dim.of(1));
    graph.outputAs("y", graph.node("NoSuchOperator", List.of(x)), ElementType.FLOAT32, Dim.of(1));
    assertThatThrownBy(() -> open(graph.build()))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("test graph: ONNX Runtime refuses the graph")
        .hasMessageContaining("NoSuchOperator");
  }

  @Test
  void names_are_checked_while_building() {
    GraphBuilder graph = new GraphBuilder("names", 20);
    graph.input("x", ElementType.FLOAT32, Dim.of(1));
    assertThatThrownBy(() -> graph.input("x", ElementType.FLOAT32, Dim.of(1)))
        .hasMessageContaining("names: the value 'x' exists already");
    assertThatThrownBy(() -> graph.node("Relu", List.of("z")))
        .hasMessageContaining("names: there is no value 'z'");
    assertThatThrownBy(() -> graph.initializer("w", new float[3], 2, 2))
        .hasMessageContaining("w has 3 numbers");
  }

  private static OnnxGraph linear(int in, int out, float[] weight, float[] bias) {
    GraphBuilder graph = new GraphBuilder("linear", 20);
    String x = graph.input("x", ElementType.FLOAT32, Dim.of("rows"), Dim.of(in));
    String y =
        new Layers(graph)
            .linear(
                x,
                graph.initializer("weight", weight, out, in),
                graph.initializer("bias", bias, out));
    graph.outputAs("y", y, ElementType.FLOAT32, Dim.of("rows"), Dim.of(out));
    return graph.build();
  }

  private static OnnxSession open(OnnxGraph graph) {
    return OnnxSession.open(graph, 1, Device.cpu(), "test graph");
  }

  private static float[] floats(Map<String, OnnxValue> out, String name) {
    return ((OnnxValue.Floats) out.get(name)).toArray();
  }

  private static float[] gaussian(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private record DirectStorage(ByteBuffer content) implements Storage {
    @Override
    public long bytes() {
      return content.capacity();
    }

    @Override
    public ByteBuffer slice(long offset, int length) {
      return content.slice((int) offset, length).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
