package io.longcat4j.audio;

import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.onnx.GraphBuilder;
import io.longcat4j.onnx.Layers;
import java.util.List;

/** {@code x + sin(alpha x)^2 / alpha}, with an alpha for every channel. */
final class Snake {
  private static final float EPSILON = 1e-9f;

  private Snake() {}

  /**
   * Adds the activation.
   *
   * @param shape of the alphas beside {@code x}
   */
  static String of(String x, String name, TensorSource source, GraphBuilder graph, long... shape) {
    Layers layers = new Layers(graph);
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
    String sine = graph.node("Sin", List.of(layers.multiply(frequency, x)));
    return layers.add(x, layers.multiply(amplitude, layers.multiply(sine, sine)));
  }
}
