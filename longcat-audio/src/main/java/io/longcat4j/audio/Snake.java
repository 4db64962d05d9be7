package io.longcat4j.audio;

import io.longcat4j.Backend;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.onnx.GraphBuilder;
import io.longcat4j.onnx.Layers;
import io.longcat4j.onnx.SnakeOperator;
import java.util.List;
import java.util.Optional;

/**
 * {@code x + sin(alpha x)^2 / alpha}, with an alpha for every channel.
 *
 * @param operator adds it as one operator; without one it is made of standard operators, with the
 *     same numbers within rounding
 */
record Snake(Optional<SnakeOperator> operator) {
  private static final float EPSILON = 1e-9f;

  /** The fastest form for a graph that runs there. */
  static Snake on(Backend backend) {
    return new Snake(backend.name().equals("cuda") ? Optional.empty() : SnakeOperator.best());
  }

  /**
   * Adds the activation.
   *
   * @param x {@code [n, channels, ...]}
   * @param shape of the alphas beside {@code x}
   */
  String add(String x, String name, TensorSource source, GraphBuilder graph, long... shape) {
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
    return operator
        .map(fused -> fused.add(graph, x, frequency, amplitude))
        .orElseGet(() -> standard(x, frequency, amplitude, graph));
  }

  String describe() {
    return "Snake "
        + operator.map(fused -> "in " + fused.describe()).orElse("of standard operators");
  }

  private static String standard(String x, String frequency, String amplitude, GraphBuilder graph) {
    Layers layers = new Layers(graph);
    String sine = graph.node("Sin", List.of(layers.multiply(frequency, x)));
    return layers.add(x, layers.multiply(amplitude, layers.multiply(sine, sine)));
  }
}
