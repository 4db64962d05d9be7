package io.longcat4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.longcat4j.BackendException;
import io.longcat4j.Device;
import io.longcat4j.onnx.NativeOperators.InstructionSet;
import io.longcat4j.tensor.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NativeOperatorsTest {

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void channels_beside_each_other_equal_the_formula(InstructionSet set) {
    for (int channels : new int[] {1, 7, 8, 15, 16, 17, 64, 67, 20_000}) {
      equalsTheFormula(set, 5, channels);
    }
    equalsTheFormula(set, 3000, 33);
  }

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void channels_behind_each_other_equal_the_formula(InstructionSet set) {
    for (int steps : new int[] {2, 7, 8, 15, 16, 17, 63, 65, 3000, 70_001}) {
      equalsTheFormula(set, 1, 3, steps);
    }
    equalsTheFormula(set, 3, 5, 7, 11);
    equalsTheFormula(set, 2, 1500, 19);
  }

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void nothing_in_nothing_out(InstructionSet set) {
    try (OnnxSession session = open(operator(set), 2, 3, new float[3], new float[3])) {
      assertThat(run(session, new float[0], 0, 3, 4)).isEmpty();
      assertThat(run(session, new float[0], 1, 3, 0)).isEmpty();
    }
  }

  /** With an inverse so large that x itself does not matter, the square of the sine is seen. */
  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void sines_are_exact_to_some_units_in_the_last_place_at_any_size(InstructionSet set) {
    float large = 0x1p80f;
    float[] x = new float[200_000];
    Random random = new Random(3);
    for (int i = 0; i < x.length; i++) {
      float size = (float) Math.pow(10, random.nextDouble() * 44 - 8);
      x[i] = random.nextBoolean() ? size : -size;
    }
    for (int i = 0; i < 2000; i++) {
      x[i] = (float) (i * Math.PI / 2);
    }
    try (OnnxSession session = open(operator(set), 2, 3, factors(1), factors(large))) {
      float[] y = run(session, x, 1, 1, x.length);
      for (int i = 0; i < y.length; i++) {
        double sine = Math.sin(x[i]);
        double added = sine * sine * large;
        double unit = Math.ulp((float) added) + Math.ulp((float) (x[i] + added));
        assertThat((double) y[i]).as("x %s", x[i]).isCloseTo(x[i] + added, within(6 * unit));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void what_is_no_number_stays_none_and_harms_no_other(InstructionSet set) {
    float[] x = new float[40];
    Arrays.fill(x, 0.5f);
    x[3] = Float.NaN;
    x[17] = Float.POSITIVE_INFINITY;
    x[39] = Float.NEGATIVE_INFINITY;
    try (OnnxSession session = open(operator(set), 1, 3, factors(2), factors(3))) {
      float[] y = run(session, x, 1, 1, x.length);
      for (int i = 0; i < y.length; i++) {
        if (i == 3 || i == 17 || i == 39) {
          assertThat(y[i]).isNaN();
        } else {
          assertThat((double) y[i]).isCloseTo(snake(0.5f, 2, 3), within(1e-6));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void place_and_threads_do_not_matter(InstructionSet set) {
    float[] x = gaussian(new Random(5), 40_003);
    float[] alpha = factors(1.7f);
    float[] whole;
    try (OnnxSession session = open(operator(set), 1, 3, alpha, alpha)) {
      whole = run(session, x, 1, 1, x.length);
    }
    try (OnnxSession session = open(operator(set), 3, 3, alpha, alpha)) {
      assertThat(run(session, x, 1, 1, x.length)).isEqualTo(whole);
      assertThat(run(session, x, x.length, 1, 1)).isEqualTo(whole);
      assertThat(run(session, Arrays.copyOfRange(x, 13, 30), 1, 1, 17))
          .isEqualTo(Arrays.copyOfRange(whole, 13, 30));
    }
  }

  @ParameterizedTest
  @EnumSource(InstructionSet.class)
  void factors_that_do_not_fit_the_channels_are_refused(InstructionSet set) {
    try (OnnxSession session = open(operator(set), 1, 2, factors(1, 2), factors(1, 2))) {
      assertThatThrownBy(() -> run(session, new float[6], 2, 3))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("one number for each channel");
    }
    try (OnnxSession session = open(operator(set), 1, 2, factors(1, 2), factors(1))) {
      assertThatThrownBy(() -> run(session, new float[6], 3, 2))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("one number for each channel");
    }
    try (OnnxSession session = open(operator(set), 1, 1, factors(1), factors(1))) {
      assertThatThrownBy(() -> run(session, new float[6], 6))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("less than 2 axes");
    }
  }

  @Property(tries = 60)
  void rows_side_by_side_are_those_that_taps_meet(
      @ForAll @IntRange(min = 1, max = 300) int rows,
      @ForAll @IntRange(min = 1, max = 90) int channels,
      @ForAll @IntRange(min = 1, max = 7) int taps,
      @ForAll @IntRange(min = 1, max = 9) int dilation) {
    NativeOperators operators = operator(InstructionSet.GENERIC);
    int reach = (taps - 1) * dilation;
    float[] x = gaussian(new Random(rows), (rows + reach) * channels);
    float[] expected = new float[rows * taps * channels];
    for (int row = 0, at = 0; row < rows; row++) {
      for (int tap = 0; tap < taps; tap++, at += channels) {
        System.arraycopy(x, (row + tap * dilation) * channels, expected, at, channels);
      }
    }
    try (OnnxSession session =
        open(2, 2, (graph, in) -> operators.sideBySide(graph, in, taps, dilation))) {
      OnnxValue.Floats y =
          session.runForFloats(Map.of("x", OnnxValue.of(x, rows + reach, channels)));
      assertThat(y.shape()).isEqualTo(Shape.of(rows, (long) taps * channels));
      assertThat(y.toArray()).isEqualTo(expected);
    }
  }

  @Test
  void taps_that_reach_over_all_rows_leave_none_and_further_ones_are_refused() {
    NativeOperators operators = operator(InstructionSet.GENERIC);
    try (OnnxSession session = open(2, 2, (graph, in) -> operators.sideBySide(graph, in, 4, 2))) {
      assertThat(run(session, new float[12], 6, 2)).isEmpty();
      assertThatThrownBy(() -> run(session, new float[8], 4, 2))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("less rows than the taps reach over");
    }
    assertThatThrownBy(() -> open(2, 2, (graph, in) -> operators.sideBySide(graph, in, 4, 0)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("at least 1");
  }

  @Property(tries = 60)
  void interleaved_lines_take_turns(
      @ForAll @IntRange(min = 1, max = 3) int count,
      @ForAll @IntRange(min = 1, max = 40) int channels,
      @ForAll @IntRange(min = 1, max = 9) int ratio,
      @ForAll @IntRange(min = 0, max = 6000) int time) {
    NativeOperators operators = operator(InstructionSet.GENERIC);
    float[] x = gaussian(new Random(time), count * channels * ratio * time);
    float[] bias = gaussian(new Random(channels), channels);
    float[] expected = new float[x.length];
    for (int line = 0, at = 0; line < count * channels; line++) {
      for (int step = 0; step < time; step++) {
        for (int turn = 0; turn < ratio; turn++) {
          expected[at++] = x[(line * ratio + turn) * time + step] + bias[line % channels];
        }
      }
    }
    try (OnnxSession session = interleaving(operators, bias)) {
      OnnxValue.Floats y =
          session.runForFloats(Map.of("x", OnnxValue.of(x, count, (long) channels * ratio, time)));
      assertThat(y.shape()).isEqualTo(Shape.of(count, channels, (long) time * ratio));
      assertThat(y.toArray()).isEqualTo(expected);
    }
  }

  @Test
  void lines_that_channels_do_not_divide_are_refused() {
    NativeOperators operators = operator(InstructionSet.GENERIC);
    try (OnnxSession session = interleaving(operators, factors(1, 2))) {
      assertThatThrownBy(() -> run(session, new float[15], 1, 5, 3))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("a multiple of the biases");
    }
  }

  private static OnnxSession interleaving(NativeOperators operators, float[] bias) {
    return open(
        2,
        3,
        (graph, in) ->
            operators.interleave(graph, in, graph.initializer("bias", bias, bias.length)));
  }

  private static void equalsTheFormula(InstructionSet set, int... sizes) {
    long[] dims = Arrays.stream(sizes).asLongStream().toArray();
    int channels = sizes[1];
    int inner = Arrays.stream(sizes, 2, sizes.length).reduce(1, (a, b) -> a * b);
    Random random = new Random(inner);
    float[] x = gaussian(random, sizes[0] * channels * inner);
    float[] alpha = gaussian(random, channels);
    float[] inverse = gaussian(random, channels);
    try (OnnxSession session = open(operator(set), 2, sizes.length, alpha, inverse)) {
      float[] y = run(session, x, dims);
      assertThat(y).hasSize(x.length);
      for (int i = 0; i < y.length; i++) {
        int channel = i / inner % channels;
        double expected = snake(x[i], alpha[channel], inverse[channel]);
        assertThat((double) y[i]).isCloseTo(expected, within(3e-6 * (1 + Math.abs(expected))));
      }
    }
  }

  private static double snake(float x, float alpha, float inverse) {
    double sine = Math.sin(alpha * x);
    return x + inverse * sine * sine;
  }

  /** Skipped where the build has no library or the processor no such instructions. */
  private static NativeOperators operator(InstructionSet set) {
    Optional<NativeOperators> operator = NativeOperators.of(set);
    assumeTrue(operator.isPresent(), "no native operators for " + set);
    return operator.orElseThrow();
  }

  private static OnnxSession open(
      NativeOperators operator, int threads, int rank, float[] alpha, float[] inverse) {
    return open(
        threads,
        rank,
        (graph, in) ->
            operator.snake(
                graph,
                in,
                graph.initializer("alpha", alpha, alpha.length),
                graph.initializer("inverse", inverse, inverse.length)));
  }

  private static OnnxSession open(
      int threads, int rank, BiFunction<GraphBuilder, String, String> adding) {
    GraphBuilder graph = new GraphBuilder("operators", 20);
    String y = adding.apply(graph, graph.input("x", ElementType.FLOAT32, dims("x", rank)));
    graph.outputAs("y", y, ElementType.FLOAT32, dims("y", rank));
    return OnnxSession.open(graph.build(), threads, Device.cpu(), "operators");
  }

  private static Dim[] dims(String name, int rank) {
    return IntStream.range(0, rank).mapToObj(axis -> Dim.of(name + axis)).toArray(Dim[]::new);
  }

  private static float[] run(OnnxSession session, float[] x, long... dims) {
    return session.runForFloats(Map.of("x", OnnxValue.of(x, dims))).toArray();
  }

  private static float[] factors(float... factors) {
    return factors;
  }

  private static float[] gaussian(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
