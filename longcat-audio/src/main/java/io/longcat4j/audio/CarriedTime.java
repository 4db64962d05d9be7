package io.longcat4j.audio;

import io.longcat4j.onnx.Dim;
import io.longcat4j.onnx.ElementType;
import io.longcat4j.onnx.GraphBuilder;
import io.longcat4j.onnx.Layers;
import io.longcat4j.onnx.OnnxValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Cuts a graph's time into stretches: what a layer needs of the past comes in as an input, and what
 * the next stretch will need goes out. A layer that looks ahead is late by as much, until the last
 * stretch; zeros lie before the first and after the last one, as padding puts them around a whole.
 *
 * <p>Every layer must give at least one step in every run, or its operators have nothing to work
 * on: the first run takes as many steps as all layers together look ahead, and one.
 */
final class CarriedTime {
  private static final String FIRST = "first";
  private static final String LAST = "last";

  private final GraphBuilder graph;
  private final Layers layers;
  private final List<StreamedGraph.Slot> slots = new ArrayList<>();

  /** Declares the inputs that tell where the time begins and ends. */
  CarriedTime(GraphBuilder graph) {
    this.graph = graph;
    this.layers = new Layers(graph);
    graph.input(FIRST, ElementType.INT64, Dim.of(1));
    graph.input(LAST, ElementType.INT64, Dim.of(1));
  }

  /** The inputs that tell a run where it lies. */
  static Map<String, OnnxValue> place(boolean first, boolean last) {
    return Map.of(
        FIRST, OnnxValue.of(new long[] {first ? 1 : 0}, 1),
        LAST, OnnxValue.of(new long[] {last ? 1 : 0}, 1));
  }

  StreamedGraph build() {
    return new StreamedGraph(graph.build(), slots);
  }

  /**
   * What steps see of {@code x}, from {@code before} steps of the past on to {@code after} steps
   * past the last one that is given.
   *
   * @return {@code before + steps given + after} steps
   */
  String window(String x, String name, Axes axes, int before, int after) {
    if (before + after == 0) {
      return x;
    }
    String seen = layers.concat(axes.time(), carried(name, axes, before), x);
    if (after > 0) {
      seen = layers.pad(seen, layers.multiply(LAST, graph.integers(axes.zeros(0, after))));
    }
    next(name, layers.slice(seen, axes.time(), -(before + after), Long.MAX_VALUE), axes);
    return seen;
  }

  /**
   * The steps of {@code x} that a layer which looks ahead by {@code after} gives.
   *
   * @return steps given
   */
  String delayed(String x, String name, Axes axes, int after) {
    if (after == 0) {
      return x;
    }
    String waiting = layers.concat(axes.time(), carried(name, axes, 0), x);
    next(name, layers.slice(waiting, axes.time(), -after, Long.MAX_VALUE), axes);
    String held = graph.integers(axes.zeros(0, -after));
    String released = layers.multiply(LAST, graph.integers(axes.zeros(0, after)));
    return layers.pad(waiting, layers.add(held, released));
  }

  /**
   * What an upsampling with overlapping taps sees: one step of the past, and one more at the end.
   *
   * @return 1 + time steps, and 1 more in the last run
   */
  String overlap(String x, String name, Axes axes) {
    String seen = layers.concat(axes.time(), carried(name, axes, 1), x);
    next(name, layers.slice(seen, axes.time(), -1, Long.MAX_VALUE), axes);
    return layers.pad(seen, layers.multiply(LAST, graph.integers(axes.zeros(0, 1))));
  }

  /**
   * Cuts the ends of a whole time.
   *
   * @param before steps to leave out of the first run
   * @param after steps to leave out of the last run
   */
  String cut(String x, Axes axes, int before, int after) {
    String first = layers.multiply(FIRST, graph.integers(axes.zeros(-before, 0)));
    String last = layers.multiply(LAST, graph.integers(axes.zeros(0, -after)));
    return layers.pad(x, layers.add(first, last));
  }

  /** A value of a fixed shape that is carried as it is. */
  String state(String name, long... shape) {
    slots.add(new StreamedGraph.Slot(name, shape));
    return graph.input(name, ElementType.FLOAT32, dims(name, -1, shape));
  }

  /** What a state will be in the next run. */
  void nextState(String name, String value, long... shape) {
    String output = name + StreamedGraph.NEXT;
    graph.outputAs(output, value, ElementType.FLOAT32, dims(output, -1, shape));
  }

  private String carried(String name, Axes axes, int steps) {
    long[] start = axes.shape(steps);
    slots.add(new StreamedGraph.Slot(name, start));
    return graph.input(name, ElementType.FLOAT32, dims(name, axes.time(), start));
  }

  private void next(String name, String value, Axes axes) {
    String output = name + StreamedGraph.NEXT;
    graph.outputAs(output, value, ElementType.FLOAT32, dims(output, axes.time(), axes.shape(0)));
  }

  private static Dim[] dims(String name, int timeAxis, long... shape) {
    Dim[] dims = new Dim[shape.length];
    for (int axis = 0; axis < dims.length; axis++) {
      dims[axis] = axis == timeAxis ? Dim.of(name + ".time") : Dim.of(shape[axis]);
    }
    return dims;
  }

  /**
   * Where a value has its time.
   *
   * @param rows whether it is {@code [time, channels]}, else {@code [1, channels, time]}
   * @param channels how many
   */
  record Axes(boolean rows, int channels) {
    int time() {
      return rows ? 0 : 2;
    }

    long[] shape(int steps) {
      return rows ? new long[] {steps, channels} : new long[] {1, channels, steps};
    }

    /** Counts for a padding of the time alone; negative ones take steps away. */
    long[] zeros(int before, int after) {
      long[] counts = new long[rows ? 4 : 6];
      counts[time()] = before;
      counts[counts.length / 2 + time()] = after;
      return counts;
    }
  }
}
