package io.longcat4j.audio;

import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.onnx.Attribute;
import io.longcat4j.onnx.Dim;
import io.longcat4j.onnx.ElementType;
import io.longcat4j.onnx.GraphBuilder;
import io.longcat4j.onnx.Layers;
import io.longcat4j.onnx.NativeOperators;
import io.longcat4j.onnx.OnnxGraph;
import java.util.List;
import java.util.Optional;

/**
 * The acoustic half of the codec encoder in front of its codebooks: {@code samples [1, 1, samples]}
 * to {@code latent [frames, latent dim]}. The number of samples is that of whole frames.
 */
final class AcousticGraph {
  static final String SAMPLES = "samples";
  static final String LATENT = "latent";

  private static final int LAST_TAPS = 3;
  private static final int OPSET = 20;

  private final CodecEncoderConfig config;
  private final TensorSource source;
  private final GraphBuilder graph = new GraphBuilder("codec encoder, acoustic", OPSET);
  private final Snake snake;

  private AcousticGraph(
      CodecEncoderConfig config, TensorSource source, Optional<NativeOperators> operators) {
    this.config = config;
    this.source = source;
    this.snake = new Snake(graph, source, operators);
  }

  static OnnxGraph build(
      CodecEncoderConfig config, TensorSource source, Optional<NativeOperators> operators) {
    return new AcousticGraph(config, source, operators).build();
  }

  /** Zeros on both sides of a convolution that takes {@code ratio} steps at once. */
  static int stridePad(int ratio) {
    return (ratio + 1) / 2;
  }

  private OnnxGraph build() {
    String x = graph.input(SAMPLES, ElementType.FLOAT32, Dim.of(1), Dim.of(1), Dim.of("samples"));
    int channels = config.channels();
    x = conv(x, "encoder.block.0", Conv.centred(channels, 1, CodecWaveformGraph.TAPS, 1));
    int blocks = config.ratios().size();
    for (int block = 0; block < blocks; block++) {
      x =
          block(
              x, "encoder.block." + (block + 1) + ".block.", channels, config.ratios().get(block));
      channels *= 2;
    }
    x = snake(x, "encoder.block." + (blocks + 1), channels);
    Conv last = Conv.centred(config.latentDim(), channels, LAST_TAPS, 1);
    x = conv(x, "encoder.block." + (blocks + 2), last);
    Layers layers = new Layers(graph);
    String rows = layers.transpose(layers.squeeze(x, 0), 1, 0);
    graph.outputAs(LATENT, rows, ElementType.FLOAT32, Dim.of("frames"), Dim.of(config.latentDim()));
    return graph.build();
  }

  private String block(String x, String name, int channels, int ratio) {
    String y = x;
    for (int unit = 0; unit < CodecWaveformGraph.DILATIONS.size(); unit++) {
      int dilation = CodecWaveformGraph.DILATIONS.get(unit);
      y = residual(y, name + unit + ".block.", channels, dilation);
    }
    int next = CodecWaveformGraph.DILATIONS.size();
    y = snake(y, name + next, channels);
    Conv joining = new Conv(2 * channels, channels, 2 * ratio, ratio, 1, stridePad(ratio));
    return conv(y, name + (next + 1), joining);
  }

  private String residual(String x, String name, int channels, int dilation) {
    Conv seeing = Conv.centred(channels, channels, CodecWaveformGraph.TAPS, dilation);
    String y = conv(snake(x, name + "0", channels), name + "1", seeing);
    y = conv(snake(y, name + "2", channels), name + "3", Conv.centred(channels, channels, 1, 1));
    return new Layers(graph).add(x, y);
  }

  private String snake(String x, String name, int channels) {
    return snake.add(x, name, 1, channels, 1);
  }

  private String conv(String x, String name, Conv shape) {
    long[] dims = {shape.out(), shape.in(), shape.taps()};
    return graph.node(
        "Conv",
        List.of(
            x,
            graph.initializer(name + ".weight", WeightNorm.fold(source, name, dims), dims),
            graph.initializer(source.require(name + ".bias", shape.out()))),
        Attribute.ofList("dilations", shape.dilation()),
        Attribute.ofList("strides", shape.stride()),
        Attribute.ofList("pads", shape.pad(), shape.pad()));
  }

  private record Conv(int out, int in, int taps, int stride, int dilation, int pad) {
    static Conv centred(int out, int in, int taps, int dilation) {
      return new Conv(out, in, taps, 1, dilation, taps / 2 * dilation);
    }
  }
}
