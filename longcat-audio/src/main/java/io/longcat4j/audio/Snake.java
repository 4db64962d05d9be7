package io.longcat4j.audio;

import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.onnx.GraphBuilder;
import io.longcat4j.onnx.Layers;
import io.longcat4j.onnx.NativeOperators;
import java.util.List;
import java.util.Optional;

/**
 * {@code x + sin(alpha x)^2 / alpha}, with an alpha for every channel.
 *
 * @param graph receives the nodes
 * @param source of the weights
 * @param operators add it as one; without them it is made of standard ones, with the same numbers
 *     within rounding
 */
record Snake(GraphBuilder graph, TensorSource source, Optional<NativeOperators> operators) {
  private static final float EPSILON = 1e-9f;

  /**
   * Adds the activation.
   *
   * @param x {@code [n, channels, ...]}
   * @param shape of the alphas beside {@code x}
   */
  String add(String x, String name, long... shape) {
    int channels = 1;
    for (long size : shape) {
      channels = (int) (channels * size);
    }
    float[] alpha = source.require(name + ".alpha", 1, channels, 1).toFloats();
    float[] inverse = new float[channels];
    for (int i = 0; i < channels; i++) {
      inverse[i] = 1 / (alpha[i] + EPSILON);
    }
    String frequency = graph.initializer(name + ".alpha", alpha, shape);
    String amplitude = graph.initializer(name + ".inverse", inverse, shape);
    return operators
        .map(fused -> fused.snake(graph, x, frequency, amplitude))
        .orElseGet(() -> standard(x, frequency, amplitude));
  }

  private String standard(String x, String frequency, String amplitude) {
    Layers layers = new Layers(graph);
    String sine = graph.node("Sin", List.of(layers.multiply(frequency, x)));
    return layers.add(x, layers.multiply(amplitude, layers.multiply(sine, sine)));
  }
}
