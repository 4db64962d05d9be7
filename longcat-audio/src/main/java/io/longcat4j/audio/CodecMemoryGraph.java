package io.longcat4j.audio;

import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.onnx.Attribute;
import io.longcat4j.onnx.Dim;
import io.longcat4j.onnx.ElementType;
import io.longcat4j.onnx.GraphBuilder;
import io.longcat4j.onnx.Layers;
import java.util.List;

/**
 * The first half of the codec decoder: ids to vectors, then two recurrent layers. {@code semantic
 * [time]}, and {@code codes.i.a}, {@code codes.i.b} {@code [time]} for every codebook, to {@code
 * memory [time, memory dim]}.
 *
 * <p>The layers' hidden and cell vectors are carried from stretch to stretch.
 *
 * <p>An entry beyond the end of each acoustic table is zero, for codebooks that a caller leaves
 * out.
 */
final class CodecMemoryGraph {
  static final String SEMANTIC = "semantic";
  static final String MEMORY = "memory";

  private static final int OPSET = 20;
  private static final float NORM_EPSILON = 1e-5f;

  /** ONNX orders gates input, output, forget, cell; PyTorch input, forget, cell, output. */
  private static final int[] GATES = {0, 3, 1, 2};

  private static final Dim TIME = Dim.of("time");

  private final CodecConfig config;
  private final TensorSource source;
  private final GraphBuilder graph = new GraphBuilder("codec memory", OPSET);
  private final Layers layers = new Layers(graph);
  private final CarriedTime time = new CarriedTime(graph);

  private CodecMemoryGraph(CodecConfig config, TensorSource source) {
    this.config = config;
    this.source = source;
  }

  static StreamedGraph build(CodecConfig config, TensorSource source) {
    return new CodecMemoryGraph(config, source).build();
  }

  static String codes(int codebook, String half) {
    return "codes." + codebook + "." + half;
  }

  private StreamedGraph build() {
    int width = config.memoryDim();
    String semantic =
        layers.gather(
            graph.initializer(
                source.require(
                    "semantic_dequantizer.dequant.weight",
                    config.semanticTokens(),
                    config.semanticDim())),
            graph.input(SEMANTIC, ElementType.INT64, TIME));
    String x = layers.concat(1, semantic, acoustic("a"), acoustic("b"));
    x = layers.unsqueeze(x, 1);
    x = norm(lstm(x, "lstm_list1"), "ln1");
    x = norm(lstm(x, "lstm_list2"), "ln2");
    x = layers.squeeze(x, 1);
    graph.outputAs(MEMORY, x, ElementType.FLOAT32, TIME, Dim.of(width));
    return time.build();
  }

  /** Half of the acoustic vector: the sum over all codebooks. */
  private String acoustic(String half) {
    String sum = "";
    for (int codebook = 0; codebook < config.codebooks(); codebook++) {
      String ids = graph.input(codes(codebook, half), ElementType.INT64, TIME);
      String rows = layers.gather(table(codebook, half), ids);
      sum = codebook == 0 ? rows : layers.add(sum, rows);
    }
    return sum;
  }

  /** The codebook as seen through its projection, so that a run only picks rows. */
  private String table(int codebook, String half) {
    String name = "acoustic_quantizer.quantizers." + codebook;
    int size = config.codebookSize();
    int in = config.codebookDims().get(codebook);
    int out = config.latentDim() / 2;
    float[] entries = source.require(name + ".codebook_" + half + ".weight", size, in).toFloats();
    float[] weight = WeightNorm.fold(source, name + ".out_proj_" + half, out, in, 1);
    float[] bias = source.require(name + ".out_proj_" + half + ".bias", out).toFloats();
    float[] table = new float[Math.multiplyExact(size + 1, out)];
    for (int entry = 0; entry < size; entry++) {
      for (int column = 0; column < out; column++) {
        double sum = bias[column];
        for (int i = 0; i < in; i++) {
          sum += (double) weight[column * in + i] * entries[entry * in + i];
        }
        table[entry * out + column] = (float) sum;
      }
    }
    return graph.initializer("table." + codebook + "." + half, table, size + 1L, out);
  }

  /** {@code [time, 1, width]} to the same shape. */
  private String lstm(String x, String list) {
    String name = "decoder.mem_layers.0." + list + ".0.";
    int width = config.memoryDim();
    String input = gates(name + "weight_ih_l0", width);
    String recurrent = gates(name + "weight_hh_l0", width);
    float[] bias = new float[8 * width];
    reorder(name + "bias_ih_l0", bias, 0, 1, 4L * width);
    reorder(name + "bias_hh_l0", bias, 4 * width, 1, 4L * width);
    String biases = graph.initializer(name + "bias", bias, 1, 8L * width);
    String hidden = time.state(list + ".hidden", 1, 1, width);
    String cell = time.state(list + ".cell", 1, 1, width);
    List<String> outputs =
        graph.node(
            "",
            "LSTM",
            List.of(x, input, recurrent, biases, "", hidden, cell),
            3,
            Attribute.of("hidden_size", width));
    time.nextState(list + ".hidden", outputs.get(1), 1, 1, width);
    time.nextState(list + ".cell", outputs.get(2), 1, 1, width);
    return layers.squeeze(outputs.get(0), 1);
  }

  private String gates(String name, int width) {
    float[] gates = new float[Math.multiplyExact(4 * width, width)];
    reorder(name, gates, 0, width, 4L * width, width);
    return graph.initializer(name, gates, 1, 4L * width, width);
  }

  private void reorder(String name, float[] into, int at, int rowSize, long... dims) {
    float[] values = source.require(name, dims).toFloats();
    int block = config.memoryDim() * rowSize;
    for (int gate = 0; gate < GATES.length; gate++) {
      System.arraycopy(values, GATES[gate] * block, into, at + gate * block, block);
    }
  }

  private String norm(String x, String layer) {
    String name = "decoder.mem_layers.0." + layer;
    long width = config.memoryDim();
    return layers.layerNorm(
        x,
        graph.initializer(source.require(name + ".weight", width)),
        graph.initializer(source.require(name + ".bias", width)),
        NORM_EPSILON);
  }
}
