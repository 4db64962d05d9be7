package io.longcat4j.audio;

import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.onnx.Attribute;
import io.longcat4j.onnx.Dim;
import io.longcat4j.onnx.ElementType;
import io.longcat4j.onnx.GraphBuilder;
import io.longcat4j.onnx.Layers;
import io.longcat4j.onnx.OnnxGraph;
import java.util.List;

/**
 * The semantic half of the codec encoder: {@code fbank [frames, mel bins]}, normalised, and {@code
 * positions [steps, width]} to {@code features [steps, width]} and {@code codes [steps]}, the
 * nearest clusters. Every step sees all others.
 */
final class SemanticGraph {
  static final String FBANK = "fbank";
  static final String POSITIONS = "positions";
  static final String FEATURES = "features";
  static final String CODES = "codes";
  static final String CODEBOOK = "semantic_tokenizer.kmeans.codebook";

  private static final String MODEL = "semantic_tokenizer.model.";
  private static final int CHANNELS = 32;
  private static final int TAPS = 3;
  private static final float NORM_EPSILON = 1e-5f;
  private static final float SHORTEST = 1e-12f;
  private static final int OPSET = 20;

  private final CodecEncoderConfig.Semantic config;
  private final TensorSource source;
  private final GraphBuilder graph = new GraphBuilder("codec encoder, semantic", OPSET);
  private final Layers layers = new Layers(graph);

  private SemanticGraph(CodecEncoderConfig.Semantic config, TensorSource source) {
    this.config = config;
    this.source = source;
  }

  static OnnxGraph build(CodecEncoderConfig.Semantic config, TensorSource source) {
    return new SemanticGraph(config, source).build();
  }

  private OnnxGraph build() {
    Dim steps = Dim.of("steps");
    int width = config.width();
    int bins = config.fbank().width();
    String x = graph.input(FBANK, ElementType.FLOAT32, Dim.of("frames"), Dim.of(bins));
    String positions = graph.input(POSITIONS, ElementType.FLOAT32, steps, Dim.of(width));
    x = subsampled(x, bins);
    x = layers.add(layers.multiply(x, graph.scalar((float) Math.sqrt(width))), positions);
    for (int layer = 0; layer < config.layers(); layer++) {
      x = layer(x, MODEL + "encoder.layers." + layer + ".");
    }
    graph.outputAs(FEATURES, x, ElementType.FLOAT32, steps, Dim.of(width));
    graph.outputAs(CODES, nearest(x), ElementType.INT64, steps);
    return graph.build();
  }

  private String subsampled(String fbank, int bins) {
    String x = layers.unsqueeze(fbank, 0, 1);
    int channels = 1;
    int left = bins;
    for (int i = 0; i < config.strides().size(); i++) {
      String name = MODEL + "subsampling.conv.subsampling/conv" + i;
      x =
          graph.node(
              "Conv",
              List.of(
                  x,
                  weight(name + ".weight", CHANNELS, channels, TAPS, TAPS),
                  weight(name + ".bias", CHANNELS)),
              Attribute.ofList("strides", config.strides().get(i), 1),
              Attribute.ofList("pads", TAPS - 1, 0, 0, 0));
      x = graph.node("Relu", List.of(x));
      channels = CHANNELS;
      left -= TAPS - 1;
    }
    long joined = (long) CHANNELS * left;
    x = layers.reshape(layers.transpose(x, 0, 2, 1, 3), -1, joined);
    return norm(
        linear(x, MODEL + "subsampling.affine", joined, config.width()),
        MODEL + "subsampling.norm");
  }

  private String layer(String x, String name) {
    String seen = layers.add(x, attention(norm(x, name + "norm1"), name + "self_attn."));
    String y = norm(seen, name + "norm2");
    y = layers.gelu(linear(y, name + "linear1", config.width(), config.innerWidth()));
    y = linear(y, name + "linear2", config.innerWidth(), config.width());
    return norm(layers.add(seen, y), name + "norm3");
  }

  private String attention(String x, String name) {
    int width = config.width();
    int headWidth = width / config.heads();
    String joined =
        layers.linear(
            x,
            weight(name + "in_proj_weight", 3L * width, width),
            weight(name + "in_proj_bias", 3L * width));
    List<String> parts = layers.split(joined, 1, 3);
    String q = layers.transpose(heads(parts.get(0)), 1, 0, 2);
    String k = layers.transpose(heads(parts.get(1)), 1, 2, 0);
    String v = layers.transpose(heads(parts.get(2)), 1, 0, 2);
    String scale = graph.scalar((float) (1 / Math.sqrt(headWidth)));
    String shares = layers.softmax(layers.matmul(layers.multiply(q, scale), k), -1);
    String mixed = layers.transpose(layers.matmul(shares, v), 1, 0, 2);
    return linear(layers.reshape(mixed, -1, width), name + "out_proj", width, width);
  }

  private String heads(String x) {
    return layers.reshape(x, -1, config.heads(), config.width() / config.heads());
  }

  /** What a squared distance to a vector of length 1 has beyond 1 decides. */
  private String nearest(String x) {
    StoredTensor codebook = source.require(CODEBOOK, config.width(), config.codes());
    String length =
        graph.node("ReduceL2", List.of(x, graph.integers(-1)), Attribute.of("keepdims", 1));
    String bounded = layers.clip(length, SHORTEST, Float.MAX_VALUE);
    String direction = graph.node("Div", List.of(x, bounded));
    String products = layers.matmul(direction, graph.initializer(codebook));
    String squares = graph.initializer(CODEBOOK + ".squares", squares(codebook), config.codes());
    String distances = layers.add(layers.multiply(products, graph.scalar(-2)), squares);
    return graph.node(
        "ArgMin",
        List.of(distances),
        Attribute.of("axis", 1),
        Attribute.of("keepdims", 0),
        Attribute.of("select_last_index", 0));
  }

  private float[] squares(StoredTensor codebook) {
    float[] numbers = codebook.toFloats();
    double[] sums = new double[config.codes()];
    for (int i = 0; i < numbers.length; i++) {
      sums[i % sums.length] += (double) numbers[i] * numbers[i];
    }
    float[] squares = new float[sums.length];
    for (int i = 0; i < squares.length; i++) {
      squares[i] = (float) sums[i];
    }
    return squares;
  }

  private String norm(String x, String name) {
    return layers.layerNorm(
        x,
        weight(name + ".weight", config.width()),
        weight(name + ".bias", config.width()),
        NORM_EPSILON);
  }

  private String linear(String x, String name, long in, long out) {
    return layers.linear(x, weight(name + ".weight", out, in), weight(name + ".bias", out));
  }

  private String weight(String name, long... dims) {
    return graph.initializer(source.require(name, dims));
  }
}
