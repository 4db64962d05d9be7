package io.longcat4j.audio;

import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.onnx.Attribute;
import io.longcat4j.onnx.Dim;
import io.longcat4j.onnx.ElementType;
import io.longcat4j.onnx.GraphBuilder;
import io.longcat4j.onnx.Layers;
import io.longcat4j.onnx.OnnxGraph;
import java.util.List;

/**
 * The second half of the codec decoder, convolutions only: {@code memory [time, memory dim]} to
 * {@code waveform [1, 1, time * samples per frame]}.
 */
final class CodecWaveformGraph {
  static final String MEMORY = "memory";
  static final String WAVEFORM = "waveform";

  /** Frames of the future that the first convolution sees. */
  static final int LOOK_AHEAD = 3;

  /** Taps of the convolutions inside residual units and of the last one. */
  static final int TAPS = 7;

  /** Steps between taps in the three residual units of a block. */
  static final List<Integer> DILATIONS = List.of(1, 3, 9);

  private static final int OPSET = 20;
  private static final float SNAKE_EPSILON = 1e-9f;

  private final CodecConfig config;
  private final TensorSource source;
  private final boolean causal;
  private final GraphBuilder graph = new GraphBuilder("codec waveform", OPSET);
  private final Layers layers = new Layers(graph);

  private CodecWaveformGraph(CodecConfig config, TensorSource source) {
    this.config = config;
    this.source = source;
    this.causal = config.type().causal();
  }

  static OnnxGraph build(CodecConfig config, TensorSource source) {
    return new CodecWaveformGraph(config, source).build();
  }

  private OnnxGraph build() {
    int width = config.memoryDim();
    String x = graph.input(MEMORY, ElementType.FLOAT32, Dim.of("time"), Dim.of(width));
    x = layers.unsqueeze(layers.transpose(x, 1, 0), 0);
    int taps = 2 * LOOK_AHEAD + 1;
    x = conv(x, "decoder.model.0", config.channels(0), width, taps, 1, LOOK_AHEAD, LOOK_AHEAD);
    int blocks = config.ratios().size();
    for (int block = 0; block < blocks; block++) {
      x = block(x, block);
    }
    int channels = config.channels(blocks);
    x = snake(x, "decoder.model." + (blocks + 1), channels);
    // Causal decoders have a layer of their own for padding, and count it.
    String last = "decoder.model." + (causal ? blocks + 3 : blocks + 2);
    x = timeConv(x, last, 1, channels, 1);
    x = graph.node("Tanh", List.of(x));
    graph.outputAs(WAVEFORM, x, ElementType.FLOAT32, Dim.of(1), Dim.of(1), Dim.of("samples"));
    return graph.build();
  }

  private String block(String x, int block) {
    String name = "decoder.model." + (block + 1) + ".block.";
    int channels = config.channels(block + 1);
    String y = snake(x, name + "0", config.channels(block));
    y = upsample(y, name + "1", block);
    for (int unit = 0; unit < DILATIONS.size(); unit++) {
      y = residual(y, name + (unit + 2) + ".block.", channels, DILATIONS.get(unit));
    }
    return y;
  }

  private String upsample(String x, String name, int block) {
    int ratio = config.ratios().get(block);
    int in = config.channels(block);
    int out = config.channels(block + 1);
    int size = causal ? ratio : 2 * ratio;
    int pad = causal ? 0 : (ratio + 1) / 2;
    int extra = causal ? 0 : ratio % 2;
    String weight =
        graph.initializer(
            name + ".weight", WeightNorm.fold(source, name, in, out, size), in, out, size);
    String bias = graph.initializer(source.require(name + ".bias", out));
    return graph.node(
        "ConvTranspose",
        List.of(x, weight, bias),
        Attribute.ofList("strides", ratio),
        Attribute.ofList("pads", pad, pad),
        Attribute.ofList("output_padding", extra));
  }

  private String residual(String x, String name, int channels, int dilation) {
    int afterPadding = causal ? 1 : 0;
    String y = snake(x, name + "0", channels);
    y = timeConv(y, name + (1 + afterPadding), channels, channels, dilation);
    y = snake(y, name + (2 + afterPadding), channels);
    y = conv(y, name + (3 + afterPadding), channels, channels, 1, 1, 0, 0);
    return layers.add(x, y);
  }

  /** A convolution that keeps the length, over the past alone or over both sides. */
  private String timeConv(String x, String name, int out, int in, int dilation) {
    int reach = (TAPS - 1) * dilation;
    int before = causal ? reach : reach / 2;
    return conv(x, name, out, in, TAPS, dilation, before, reach - before);
  }

  private String conv(
      String x, String name, int out, int in, int taps, int dilation, int before, int after) {
    String weight =
        graph.initializer(
            name + ".weight", WeightNorm.fold(source, name, out, in, taps), out, in, taps);
    String bias = graph.initializer(source.require(name + ".bias", out));
    return layers.conv1d(x, new Layers.Kernel(weight, bias, 1, dilation, before, after));
  }

  /** {@code x + sin(alpha x)^2 / alpha}, with an alpha for every channel. */
  private String snake(String x, String name, int channels) {
    float[] alpha = source.require(name + ".alpha", 1, channels, 1).toFloats();
    float[] inverse = new float[channels];
    for (int i = 0; i < channels; i++) {
      inverse[i] = 1 / (alpha[i] + SNAKE_EPSILON);
    }
    String frequency = graph.initializer(name + ".alpha", alpha, 1, channels, 1);
    String amplitude = graph.initializer(name + ".inverse", inverse, 1, channels, 1);
    String sine = graph.node("Sin", List.of(layers.multiply(frequency, x)));
    return layers.add(x, layers.multiply(amplitude, layers.multiply(sine, sine)));
  }
}
