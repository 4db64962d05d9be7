package io.longcat4j.audio;

import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.onnx.Dim;
import io.longcat4j.onnx.ElementType;
import io.longcat4j.onnx.GraphBuilder;
import io.longcat4j.onnx.Layers;
import java.util.List;

/**
 * The audio encoder and its projector as one graph: {@code features [time, input]} to {@code
 * encoder [time, width]} and {@code embeddings [time, hidden size of the language model]}.
 *
 * <p>The encoder is a deep feed-forward sequential memory network: what has gone before reaches a
 * frame through a depthwise convolution over time, not through recurrence. What those convolutions
 * see of the past is carried from stretch to stretch.
 */
final class AudioEncoderGraph {
  static final String FEATURES = "features";
  static final String ENCODER = "encoder";
  static final String EMBEDDINGS = "embeddings";

  private static final int OPSET = 20;
  private static final float NORM_EPSILON = 1e-5f;

  /** One step more, because a convolution that gives none is refused: the end may bring none. */
  private static final int SPARE = 1;

  private static final Dim TIME = Dim.of("time");

  private final AudioEncoderConfig config;
  private final TensorSource encoder;
  private final TensorSource projector;
  private final GraphBuilder graph = new GraphBuilder("audio encoder", OPSET);
  private final Layers layers = new Layers(graph);
  private final CarriedTime time = new CarriedTime(graph);

  private AudioEncoderGraph(
      AudioEncoderConfig config, TensorSource encoder, TensorSource projector) {
    this.config = config;
    this.encoder = encoder;
    this.projector = projector;
  }

  static StreamedGraph build(
      AudioEncoderConfig config, TensorSource encoder, TensorSource projector, int modelWidth) {
    return new AudioEncoderGraph(config, encoder, projector).build(modelWidth);
  }

  private StreamedGraph build(int modelWidth) {
    String x = graph.input(FEATURES, ElementType.FLOAT32, TIME, Dim.of(config.inputSize()));
    x = activated(linear(x, "ffn.0", config.inputSize(), config.hiddenSize()));
    x = layers.linear(x, weight(encoder, "ffn.2.weight", config.projSize(), config.hiddenSize()));
    for (int layer = 0; layer < config.nlayer(); layer++) {
      x = memoryLayer(x, layer);
    }
    for (int i = 0; i < config.ndnn(); i++) {
      int in = i == 0 ? config.projSize() : config.hiddenSize();
      x = activated(linear(x, "dnn." + 2 * i, in, config.hiddenSize()));
    }
    int width = config.outputSize();
    graph.outputAs(ENCODER, x, ElementType.FLOAT32, TIME, Dim.of(width));
    String rows = layers.gelu(projected(x, "0", width, modelWidth));
    rows = projected(rows, "2", modelWidth, modelWidth);
    graph.outputAs(EMBEDDINGS, rows, ElementType.FLOAT32, TIME, Dim.of(modelWidth));
    return time.build();
  }

  private String memoryLayer(String x, int layer) {
    String name = "fsmn_layers." + layer;
    int after = config.rightOrder(layer) * config.stride();
    String now = time.delayed(x, name, new CarriedTime.Axes(true, config.projSize()), after);
    String remembered = layers.add(now, memory(norm(x, name + ".memory_ln"), name, layer));
    String y = norm(remembered, name + ".ffn.0");
    y = activated(linear(y, name + ".ffn.1", config.projSize(), config.hiddenSize()));
    y = linear(y, name + ".ffn.3", config.hiddenSize(), config.projSize());
    return layers.add(remembered, y);
  }

  /** {@code [time, width]} to the steps given, each column filtered over time on its own. */
  private String memory(String x, String name, int layer) {
    int left = config.leftOrder();
    int right = config.rightOrder(layer);
    int width = config.projSize();
    Layers.Kernel kernel =
        new Layers.Kernel(
            weight(encoder, name + ".memory.weight", width, 1, left + 1 + right),
            "",
            width,
            config.stride(),
            0,
            SPARE);
    String columns = layers.unsqueeze(layers.transpose(x, 1, 0), 0);
    columns =
        time.window(
            columns,
            name + ".memory",
            new CarriedTime.Axes(false, width),
            left * config.stride(),
            right * config.stride());
    String filtered = layers.slice(layers.conv1d(columns, kernel), 2, 0, -SPARE);
    return layers.transpose(layers.squeeze(filtered, 0), 1, 0);
  }

  private String activated(String x) {
    float bound = config.activation().bound();
    return Float.isInfinite(bound) ? graph.node("Relu", List.of(x)) : layers.clip(x, 0, bound);
  }

  private String norm(String x, String name) {
    long width = config.projSize();
    return layers.layerNorm(
        x,
        weight(encoder, name + ".weight", width),
        weight(encoder, name + ".bias", width),
        NORM_EPSILON);
  }

  private String linear(String x, String name, long in, long out) {
    return layers.linear(
        x, weight(encoder, name + ".weight", out, in), weight(encoder, name + ".bias", out));
  }

  private String projected(String x, String name, long in, long out) {
    return layers.linear(
        x,
        graph.initializer(
            "projector." + name + ".weight", projector.require(name + ".weight", out, in)),
        graph.initializer("projector." + name + ".bias", projector.require(name + ".bias", out)));
  }

  private String weight(TensorSource source, String name, long... dims) {
    return graph.initializer(source.require(name, dims));
  }
}
