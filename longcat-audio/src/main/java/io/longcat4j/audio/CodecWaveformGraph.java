package io.longcat4j.audio;

import io.longcat4j.audio.SoundLayers.Sizes;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.onnx.Dim;
import io.longcat4j.onnx.ElementType;
import io.longcat4j.onnx.GraphBuilder;
import io.longcat4j.onnx.Layers;
import io.longcat4j.onnx.NativeOperators;
import java.util.List;
import java.util.Optional;

/**
 * The second half of the codec decoder, convolutions only: {@code memory [time, memory dim]} to
 * {@code waveform [1, 1, samples]}. Over a whole utterance these are time * samples per frame;
 * {@link CodecTiming} tells how many a stretch of it gives.
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

  /**
   * From so many steps a frame on a convolution is the faster form, and adds up in the same order
   * for any number of frames on two threads. On more threads a stream differs from the whole by
   * rounding there.
   */
  private static final int MANY_STEPS = 192;

  private static final int OPSET = 20;

  private final CodecConfig config;
  private final boolean causal;
  private final GraphBuilder graph = new GraphBuilder("codec waveform", OPSET);
  private final Layers layers = new Layers(graph);
  private final CarriedTime time = new CarriedTime(graph);
  private final SoundLayers rows;
  private final SoundLayers columns;
  private SoundLayers sound;
  private int stepsPerFrame = 1;

  private CodecWaveformGraph(
      CodecConfig config, TensorSource source, Optional<NativeOperators> operators) {
    this.config = config;
    this.causal = config.type().causal();
    this.rows = new RowLayers(graph, source, operators);
    this.columns = new ColumnLayers(graph, source, operators);
    this.sound = rows;
  }

  static StreamedGraph build(
      CodecConfig config, TensorSource source, Optional<NativeOperators> operators) {
    return new CodecWaveformGraph(config, source, operators).build();
  }

  private StreamedGraph build() {
    int width = config.memoryDim();
    String x = graph.input(MEMORY, ElementType.FLOAT32, Dim.of("time"), Dim.of(width));
    String first = "decoder.model.0";
    x = time.window(x, first, sound.axes(width), LOOK_AHEAD, LOOK_AHEAD);
    x = sound.conv(x, first, new Sizes(config.channels(0), width, 2 * LOOK_AHEAD + 1), 1);
    int blocks = config.ratios().size();
    for (int block = 0; block < blocks; block++) {
      x = block(x, block);
    }
    x = asColumns(x);
    int channels = config.channels(blocks);
    // Causal decoders have a layer of their own for padding, and count it.
    String last = "decoder.model." + (causal ? blocks + 3 : blocks + 2);
    Reach reach = Reach.of(TAPS, 1, causal);
    x = time.window(x, last, sound.axes(channels), reach.before(), reach.after());
    x = sound.snake(x, "decoder.model." + (blocks + 1), channels);
    x = sound.conv(x, last, new Sizes(1, channels, TAPS), 1);
    x = graph.node("Tanh", List.of(x));
    graph.outputAs(WAVEFORM, x, ElementType.FLOAT32, Dim.of(1), Dim.of(1), Dim.of("samples"));
    return time.build();
  }

  private String block(String x, int block) {
    String name = "decoder.model." + (block + 1) + ".block.";
    int channels = config.channels(block + 1);
    String y = sound.snake(x, name + "0", config.channels(block));
    y = upsample(y, name + "1", block);
    stepsPerFrame *= config.ratios().get(block);
    y = stepsPerFrame < MANY_STEPS ? y : asColumns(y);
    for (int unit = 0; unit < DILATIONS.size(); unit++) {
      y = residual(y, name + (unit + 2) + ".block.", channels, DILATIONS.get(unit));
    }
    return y;
  }

  private String asColumns(String x) {
    if (sound == columns) {
      return x;
    }
    sound = columns;
    return layers.unsqueeze(layers.transpose(x, 1, 0), 0);
  }

  private String upsample(String x, String name, int block) {
    int ratio = config.ratios().get(block);
    int in = config.channels(block);
    int out = config.channels(block + 1);
    if (causal) {
      return sound.upsample(x, name, new Sizes(out, in, ratio));
    }
    String seen = time.overlap(x, name, sound.axes(in));
    String y = sound.upsampleOverlapping(seen, name, new Sizes(out, in, 2 * ratio));
    int pad = CodecTiming.upsamplingPad(ratio);
    return time.cut(y, sound.axes(out), pad, ratio - pad);
  }

  /** What lies beyond both ends is 0 before the activation as well as after it. */
  private String residual(String x, String name, int channels, int dilation) {
    int afterPadding = causal ? 1 : 0;
    Reach reach = Reach.of(TAPS, dilation, causal);
    CarriedTime.Axes axes = sound.axes(channels);
    String seen = time.window(x, name + "x", axes, reach.before(), reach.after());
    String y = sound.snake(seen, name + "0", channels);
    y = sound.conv(y, name + (1 + afterPadding), new Sizes(channels, channels, TAPS), dilation);
    y = sound.snake(y, name + (2 + afterPadding), channels);
    y = sound.conv(y, name + (3 + afterPadding), new Sizes(channels, channels, 1), 1);
    String centre = causal ? x : layers.slice(seen, axes.time(), reach.before(), -reach.after());
    return layers.add(centre, y);
  }
}
