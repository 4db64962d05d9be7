package io.longcat4j.vision;

import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.onnx.Attribute;
import io.longcat4j.onnx.Dim;
import io.longcat4j.onnx.ElementType;
import io.longcat4j.onnx.GraphBuilder;
import io.longcat4j.onnx.Layers;
import io.longcat4j.onnx.OnnxGraph;
import java.util.List;

/**
 * LongCat-ViT and the projector as one ONNX graph. It takes any number of frame pairs that have the
 * same grid; attention stays within a pair. Attention is an operator that works tile by tile, so
 * its memory grows with the number of patches, not with its square.
 */
final class EncoderGraph {
  static final String PATCHES = "patches";
  static final String LAYOUT = "layout";
  static final String COSINES = "cosines";
  static final String SINES = "sines";
  static final String ENCODER = "encoder_output";
  static final String EMBEDDINGS = "embeddings";

  private static final int OPSET = 23;
  private static final String CONTRIB = "com.microsoft";
  private static final float PROJECTOR_NORM_EPS = 1e-5f;

  private final VisionConfig config;
  private final int hidden;
  private final TensorSource model;
  private final TensorSource projector;
  private final GraphBuilder graph = new GraphBuilder("vision encoder", OPSET);
  private final Layers layers = new Layers(graph);

  private EncoderGraph(VisionConfig config, TensorSource model, TensorSource projector) {
    this.config = config;
    this.hidden = config.hiddenSize();
    this.model = model;
    this.projector = projector;
  }

  /**
   * Builds the graph. Inputs: {@link #PATCHES} {@code [pairs * patches, patch width]}, {@link
   * #LAYOUT} INT64 {@code {pairs, patches, hidden}}, {@link #COSINES} and {@link #SINES} {@code
   * [patches, head / 2]}. Outputs: {@link #EMBEDDINGS} {@code [pairs * patches / 2, output width]}
   * and, if asked for, {@link #ENCODER} {@code [pairs * patches, hidden]}.
   *
   * @param config sizes
   * @param model {@code vision_model.pt}
   * @param projector {@code vision_projector.pt}
   * @param outputWidth width of the language model
   * @param encoderOutput whether the encoder's output is wanted, too
   * @return the graph
   * @throws io.longcat4j.CheckpointException if a tensor is missing or misshapen
   */
  static OnnxGraph build(
      VisionConfig config,
      TensorSource model,
      TensorSource projector,
      int outputWidth,
      boolean encoderOutput) {
    return new EncoderGraph(config, model, projector).build(outputWidth, encoderOutput);
  }

  private OnnxGraph build(int outputWidth, boolean encoderOutput) {
    int patchWidth = 3 * 2 * config.patchSize() * config.patchSize();
    int halfHead = config.headDim() / 2;
    graph.input(PATCHES, ElementType.FLOAT32, Dim.of("rows"), Dim.of(patchWidth));
    graph.input(LAYOUT, ElementType.INT64, Dim.of(3));
    graph.input(COSINES, ElementType.FLOAT32, Dim.of("patches"), Dim.of(halfHead));
    graph.input(SINES, ElementType.FLOAT32, Dim.of("patches"), Dim.of(halfHead));
    String x = patchEmbedding();
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      x = block("encoder.layers." + layer + ".", x);
    }
    if (encoderOutput) {
      graph.outputAs(ENCODER, x, ElementType.FLOAT32, Dim.of("rows"), Dim.of(hidden));
    }
    String rows = projection(x, outputWidth);
    graph.outputAs(EMBEDDINGS, rows, ElementType.FLOAT32, Dim.of("tokens"), Dim.of(outputWidth));
    return graph.build();
  }

  private String patchEmbedding() {
    String name = "embeddings.patch_embedding.weight";
    int side = config.patchSize();
    float[] kernel = model.require(name, hidden, 3, 2, side, side).toFloats();
    String weight = graph.initializer(name, kernel, hidden, kernel.length / hidden);
    return config.patchEmbeddingBias()
        ? layers.linear(PATCHES, weight, encoderWeight("embeddings.patch_embedding.bias", hidden))
        : layers.linear(PATCHES, weight);
  }

  private String block(String prefix, String x) {
    String attended = attention(prefix + "attn.", rmsNorm(prefix + "norm1", x, hidden));
    String scale1 = encoderWeight(prefix + "ls1", hidden);
    String middle = layers.add(x, layers.multiply(attended, scale1));
    String fed = mlp(prefix + "mlp.", rmsNorm(prefix + "norm2", middle, hidden));
    String scale2 = encoderWeight(prefix + "ls2", hidden);
    return layers.add(middle, layers.multiply(fed, scale2));
  }

  private String attention(String prefix, String x) {
    String qkv =
        config.qkvBias()
            ? linear(prefix + "qkv", x, hidden, 3L * hidden)
            : layers.linear(x, encoderWeight(prefix + "qkv.weight", 3L * hidden, hidden));
    List<String> parts = layers.split(qkv, -1, 3);
    String query = queryOrKey(prefix + "q_norm", parts.get(0));
    String key = queryOrKey(prefix + "k_norm", parts.get(1));
    String context =
        contrib(
            "MultiHeadAttention",
            List.of(query, key, byPair(parts.get(2))),
            Attribute.of("num_heads", config.numAttentionHeads()));
    return linear(prefix + "proj", layers.reshape(context, -1, hidden), hidden, hidden);
  }

  private String queryOrKey(String norm, String x) {
    String rotated =
        contrib("RotaryEmbedding", List.of(byPair(x), graph.integers(0), COSINES, SINES));
    return config.qkNormalization() ? rmsNorm(norm, rotated, hidden) : rotated;
  }

  private String mlp(String prefix, String x) {
    int width = config.mlpWidth();
    String gate = layers.silu(linear(prefix + "fc1", x, hidden, width));
    String up = linear(prefix + "fc3", x, hidden, width);
    String inner = rmsNorm(prefix + "norm", layers.multiply(gate, up), width);
    return linear(prefix + "fc2", inner, width, hidden);
  }

  private String projection(String x, int outputWidth) {
    int wide = 2 * hidden;
    int adaptor = config.adaptorDim();
    String sideBySide = layers.reshape(x, -1, wide);
    String normed =
        layers.layerNorm(
            sideBySide,
            projectorWeight("p0.0.weight", wide),
            projectorWeight("p0.0.bias", wide),
            PROJECTOR_NORM_EPS);
    String first = layers.gelu(projectorLinear("p0.1", normed, wide, adaptor));
    String second = layers.gelu(projectorLinear("p0.3", first, adaptor, adaptor));
    return projectorLinear("proj", second, adaptor, outputWidth);
  }

  private String rmsNorm(String name, String x, int width) {
    return layers.rmsNorm(x, encoderWeight(name + ".weight", width), (float) config.layerNormEps());
  }

  private String linear(String name, String x, long in, long out) {
    return layers.linear(
        x, encoderWeight(name + ".weight", out, in), encoderWeight(name + ".bias", out));
  }

  private String projectorLinear(String name, String x, long in, long out) {
    return layers.linear(
        x, projectorWeight(name + ".weight", out, in), projectorWeight(name + ".bias", out));
  }

  private String encoderWeight(String name, long... dims) {
    return graph.initializer(model.require(name, dims));
  }

  private String projectorWeight(String name, long... dims) {
    return graph.initializer("projector." + name, projector.require(name, dims));
  }

  private String byPair(String x) {
    return graph.node("Reshape", List.of(x, LAYOUT));
  }

  private String contrib(String op, List<String> inputs, Attribute... attributes) {
    return graph.node(CONTRIB, op, inputs, 1, attributes).get(0);
  }
}
