package io.longcat4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A backend with a stream, and arrays to and from its tensors. */
public final class ComputeBench implements AutoCloseable {
  private static final float MARGIN = Float.NaN;

  private final ComputeBackend backend;
  private final Stream stream;

  public ComputeBench(ComputeBackend backend) {
    this.backend = backend;
    this.stream = backend.openStream();
  }

  public ComputeBackend backend() {
    return backend;
  }

  public Stream stream() {
    return stream;
  }

  public Weight load(TestWeight weight) {
    return weight == null ? null : weight.load(backend);
  }

  /** A plan of spans over a cache of so many slots. */
  public RowPlan plan(List<Span> spans, int pagePositions, int slots) {
    RowPlan plan = backend.allocatePlan(pagePositions, slots / pagePositions);
    stream.plan(spans, plan);
    return plan;
  }

  /** A plan of rows that each go to a slot, as if it were a sequence of its own. */
  public RowPlan planOfSlots(int slots, int... targets) {
    List<Span> spans = new ArrayList<>();
    for (int target : targets) {
      spans.add(new Span(spans.size(), 1, 0, PageTable.of(target), AttentionPolicy.dense()));
    }
    return plan(spans, 1, slots);
  }

  /** A tensor with these numbers. */
  public Tensor tensor(float[][] values) {
    Tensor tensor = backend.allocate(values.length, values[0].length);
    fill(tensor, values);
    return tensor;
  }

  /** A window in the middle of a tensor that holds NaN everywhere else. */
  public Window window(float[][] values) {
    int rows = values.length;
    int columns = values[0].length;
    float[][] margin = new float[rows + 3][columns + 6];
    for (float[] row : margin) {
      Arrays.fill(row, MARGIN);
    }
    Tensor whole = tensor(margin);
    Tensor inner = whole.rows(2, rows).columns(5, columns);
    fill(inner, values);
    return new Window(whole, inner);
  }

  public float[][] read(Tensor tensor) {
    float[] flat = new float[tensor.rows() * tensor.columns()];
    stream.read(tensor, flat, 0);
    float[][] values = new float[tensor.rows()][];
    for (int row = 0; row < values.length; row++) {
      values[row] = Arrays.copyOfRange(flat, row * tensor.columns(), (row + 1) * tensor.columns());
    }
    return values;
  }

  private void fill(Tensor tensor, float[][] values) {
    float[] flat = new float[tensor.rows() * tensor.columns()];
    for (int row = 0; row < values.length; row++) {
      System.arraycopy(values[row], 0, flat, row * tensor.columns(), tensor.columns());
    }
    stream.write(flat, 0, tensor);
  }

  @Override
  public void close() {
    backend.close();
  }

  /** Random numbers from -1 to 1. */
  public static float[][] random(int rows, int columns, SplittableRandom random) {
    float[][] values = new float[rows][columns];
    for (float[] row : values) {
      for (int i = 0; i < columns; i++) {
        row[i] = (float) random.nextDouble(-1, 1);
      }
    }
    return values;
  }

  /** Every element within a tolerance of the tensor's largest magnitude, which grows with n. */
  public static void assertClose(String what, float[][] actual, double[][] expected, int n) {
    double largest =
        Arrays.stream(expected).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
    double tolerance = 3e-7 * (8 + Math.sqrt(n)) * largest + Float.MIN_NORMAL;
    assertThat(actual.length).as(what).isEqualTo(expected.length);
    for (int row = 0; row < actual.length; row++) {
      assertThat(actual[row].length).as(what).isEqualTo(expected[row].length);
      for (int i = 0; i < actual[row].length; i++) {
        double difference = Math.abs(actual[row][i] - expected[row][i]);
        if (!(difference <= tolerance)) {
          throw new AssertionError(
              "%s: [%d, %d] is %s, expected %s within %s"
                  .formatted(what, row, i, actual[row][i], expected[row][i], tolerance));
        }
      }
    }
  }

  /** The same bits. */
  public static void assertSameBits(String what, float[][] actual, float[][] expected) {
    assertThat(bits(actual)).as(what).isDeepEqualTo(bits(expected));
  }

  private static int[][] bits(float[][] values) {
    return Arrays.stream(values)
        .map(
            row -> {
              int[] bits = new int[row.length];
              Arrays.setAll(bits, i -> Float.floatToRawIntBits(row[i]));
              return bits;
            })
        .toArray(int[][]::new);
  }

  /** A window and what it lies in. */
  public final class Window {
    private final Tensor whole;
    private final Tensor inner;

    private Window(Tensor whole, Tensor inner) {
      this.whole = whole;
      this.inner = inner;
    }

    public Tensor tensor() {
      return inner;
    }

    /** The numbers of the window, once nothing around it is found to be touched. */
    public float[][] read() {
      float[][] all = ComputeBench.this.read(whole);
      int margins = 0;
      for (float[] row : all) {
        for (float value : row) {
          margins += Float.isNaN(value) ? 1 : 0;
        }
      }
      assertThat(margins)
          .as("numbers around the window")
          .isGreaterThanOrEqualTo(whole.rows() * whole.columns() - inner.rows() * inner.columns());
      return ComputeBench.this.read(inner);
    }
  }
}
