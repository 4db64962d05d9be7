package io.longcat4j.audio;

import io.longcat4j.audio.CarriedTime.Axes;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.onnx.Attribute;
import io.longcat4j.onnx.GraphBuilder;
import io.longcat4j.onnx.Layers;
import java.util.List;

/**
 * Layers over {@code [1, channels, time]}, as convolutions: fast for many steps of few channels.
 *
 * @param graph receives the nodes
 * @param source of the weights
 */
record ColumnLayers(GraphBuilder graph, TensorSource source) implements SoundLayers {
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
    return transposed(x, name, sizes, sizes.taps());
  }

  @Override
  public String upsampleOverlapping(String x, String name, Sizes sizes) {
    int ratio = sizes.taps() / 2;
    return new Layers(graph).slice(transposed(x, name, sizes, ratio), 2, ratio, -ratio);
  }

  @Override
  public String snake(String x, String name, int channels) {
    return Snake.of(x, name, source, graph, 1, channels, 1);
  }

  private String transposed(String x, String name, Sizes sizes, int ratio) {
    long[] dims = {sizes.in(), sizes.out(), sizes.taps()};
    return graph.node(
        "ConvTranspose",
        List.of(x, weight(name, dims), bias(name, sizes.out())),
        Attribute.ofList("strides", ratio));
  }

  private String weight(String name, long... dims) {
    return graph.initializer(name + ".weight", WeightNorm.fold(source, name, dims), dims);
  }

  private String bias(String name, long channels) {
    return graph.initializer(source.require(name + ".bias", channels));
  }
}
