package io.longcat4j.audio;

import io.longcat4j.audio.CarriedTime.Axes;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.onnx.GraphBuilder;
import io.longcat4j.onnx.Layers;
import io.longcat4j.onnx.NativeOperators;
import java.util.List;
import java.util.Optional;

/**
 * Layers over {@code [time, channels]}, as products with weights that are packed once: fast for few
 * steps of many channels. A step's numbers do not depend on how many steps come with it, which ONNX
 * Runtime's convolution does not promise: over few steps it adds up in another order.
 *
 * @param graph receives the nodes
 * @param source of the weights
 * @param operators take the place of several standard ones
 */
record RowLayers(GraphBuilder graph, TensorSource source, Optional<NativeOperators> operators)
    implements SoundLayers {
  @Override
  public Axes axes(int channels) {
    return new Axes(true, channels);
  }

  @Override
  public String conv(String x, String name, Sizes sizes, int dilation) {
    float[] folded = WeightNorm.fold(source, name, sizes.out(), sizes.in(), sizes.taps());
    float[] weight = new float[folded.length];
    for (int out = 0, at = 0; out < sizes.out(); out++) {
      for (int in = 0; in < sizes.in(); in++) {
        for (int tap = 0; tap < sizes.taps(); tap++) {
          weight[(tap * sizes.in() + in) * sizes.out() + out] = folded[at++];
        }
      }
    }
    String seen = side(x, sizes.taps(), dilation);
    return product(seen, name, weight, sizes.taps() * sizes.in(), sizes.out(), 1);
  }

  @Override
  public String upsample(String x, String name, Sizes sizes) {
    String y = product(x, name, phases(name, sizes), sizes.in(), sizes.out(), sizes.taps());
    return new Layers(graph).reshape(y, -1, sizes.out());
  }

  @Override
  public String upsampleOverlapping(String x, String name, Sizes sizes) {
    Layers layers = new Layers(graph);
    int half = sizes.taps() / 2 * sizes.out();
    String weight = graph.initializer(name + ".weight", phases(name, sizes), sizes.in(), 2L * half);
    String both = layers.matmul(x, weight);
    String early = layers.slice(layers.slice(both, 1, 0, half), 0, 1, Long.MAX_VALUE);
    String late = layers.slice(layers.slice(both, 1, half, 2L * half), 0, 0, -1);
    String y = layers.reshape(layers.add(early, late), -1, sizes.out());
    return layers.add(y, graph.initializer(source.require(name + ".bias", sizes.out())));
  }

  @Override
  public String snake(String x, String name, int channels) {
    return new Snake(graph, source, operators).add(x, name, channels);
  }

  /** The taps of each step side by side. */
  private String side(String x, int taps, int dilation) {
    if (taps == 1) {
      return x;
    }
    return operators
        .map(fused -> fused.sideBySide(graph, x, taps, dilation))
        .orElseGet(() -> sliced(x, taps, dilation));
  }

  private String sliced(String x, int taps, int dilation) {
    Layers layers = new Layers(graph);
    String[] parts = new String[taps];
    for (int tap = 0; tap < taps; tap++) {
      long end = tap == taps - 1 ? Long.MAX_VALUE : (long) (tap - taps + 1) * dilation;
      parts[tap] = layers.slice(x, 0, (long) tap * dilation, end);
    }
    return layers.concat(1, parts);
  }

  private String product(String x, String name, float[] weight, int in, int out, int times) {
    String columns = graph.initializer(name + ".weight", weight, in, (long) out * times);
    float[] bias = source.require(name + ".bias", out).toFloats();
    float[] biases = new float[out * times];
    for (int i = 0; i < biases.length; i++) {
      biases[i] = bias[i % out];
    }
    String added = graph.initializer(name + ".bias", biases, biases.length);
    return graph.node("Gemm", List.of(x, columns, added));
  }

  /** {@code [in, taps * out]} of {@code [in, out, taps]}. */
  private float[] phases(String name, Sizes sizes) {
    float[] folded = WeightNorm.fold(source, name, sizes.in(), sizes.out(), sizes.taps());
    float[] weight = new float[folded.length];
    for (int in = 0, at = 0; in < sizes.in(); in++) {
      for (int out = 0; out < sizes.out(); out++) {
        for (int tap = 0; tap < sizes.taps(); tap++) {
          weight[(in * sizes.taps() + tap) * sizes.out() + out] = folded[at++];
        }
      }
    }
    return weight;
  }
}
