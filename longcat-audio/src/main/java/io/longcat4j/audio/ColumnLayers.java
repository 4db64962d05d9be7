package io.longcat4j.audio;

import io.longcat4j.audio.CarriedTime.Axes;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.onnx.GraphBuilder;
import io.longcat4j.onnx.Layers;
import io.longcat4j.onnx.NativeOperators;
import java.util.Optional;

/**
 * Layers over {@code [1, channels, time]}, as convolutions: fast for many steps of few channels.
 *
 * @param graph receives the nodes
 * @param source of the weights
 * @param operators take the place of several standard ones
 */
record ColumnLayers(GraphBuilder graph, TensorSource source, Optional<NativeOperators> operators)
    implements SoundLayers {
  @Override
  public Axes axes(int channels) {
    return new Axes(false, channels);
  }

  @Override
  public String conv(String x, String name, Sizes sizes, int dilation) {
    long[] dims = {sizes.out(), sizes.in(), sizes.taps()};
    Layers.Kernel kernel =
        new Layers.Kernel(weight(name, dims), bias(name, sizes.out()), 1, dilation, 0, 0);
    return new Layers(graph).conv1d(x, kernel);
  }

  @Override
  public String upsample(String x, String name, Sizes sizes) {
    String weight =
        graph.initializer(
            name + ".weight", phases(name, sizes, 0, sizes.taps()), dims(sizes, sizes.taps()));
    return interleaved(pointwise(x, weight), name, sizes, sizes.taps());
  }

  @Override
  public String upsampleOverlapping(String x, String name, Sizes sizes) {
    Layers layers = new Layers(graph);
    int ratio = sizes.taps() / 2;
    String early =
        graph.initializer(name + ".early", phases(name, sizes, 0, ratio), dims(sizes, ratio));
    String late =
        graph.initializer(name + ".late", phases(name, sizes, ratio, ratio), dims(sizes, ratio));
    String now = pointwise(layers.slice(x, 2, 1, Long.MAX_VALUE), early);
    String before = pointwise(layers.slice(x, 2, 0, -1), late);
    return interleaved(layers.add(now, before), name, sizes, ratio);
  }

  @Override
  public String snake(String x, String name, int channels) {
    return new Snake(graph, source, operators).add(x, name, 1, channels, 1);
  }

  private String pointwise(String x, String weight) {
    return new Layers(graph).conv1d(x, new Layers.Kernel(weight, "", 1, 1, 0, 0));
  }

  /** {@code [1, channels * ratio, time]} to {@code [1, channels, time * ratio]}, with the bias. */
  private String interleaved(String x, String name, Sizes sizes, int ratio) {
    float[] numbers = source.require(name + ".bias", sizes.out()).toFloats();
    String bias = graph.initializer(name + ".bias", numbers, 1, sizes.out(), 1);
    return operators
        .map(fused -> fused.interleave(graph, x, bias))
        .orElseGet(() -> transposed(x, bias, sizes, ratio));
  }

  private String transposed(String x, String bias, Sizes sizes, int ratio) {
    Layers layers = new Layers(graph);
    String phases = layers.reshape(x, 1, sizes.out(), ratio, -1);
    String steps = layers.reshape(layers.transpose(phases, 0, 1, 3, 2), 1, sizes.out(), -1);
    return layers.add(steps, bias);
  }

  private static long[] dims(Sizes sizes, int ratio) {
    return new long[] {(long) sizes.out() * ratio, sizes.in(), 1};
  }

  /** {@code [out * ratio, in]}: the taps from one on, of {@code [in, out, taps]}. */
  private float[] phases(String name, Sizes sizes, int from, int ratio) {
    float[] folded = WeightNorm.fold(source, name, sizes.in(), sizes.out(), sizes.taps());
    float[] weight = new float[sizes.out() * ratio * sizes.in()];
    for (int out = 0, at = 0; out < sizes.out(); out++) {
      for (int tap = from; tap < from + ratio; tap++) {
        for (int in = 0; in < sizes.in(); in++) {
          weight[at++] = folded[(in * sizes.out() + out) * sizes.taps() + tap];
        }
      }
    }
    return weight;
  }

  private String weight(String name, long... dims) {
    return graph.initializer(name + ".weight", WeightNorm.fold(source, name, dims), dims);
  }

  private String bias(String name, long channels) {
    return graph.initializer(source.require(name + ".bias", channels));
  }
}
