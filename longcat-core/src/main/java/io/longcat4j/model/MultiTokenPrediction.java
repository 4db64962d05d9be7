package io.longcat4j.model;

import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.parallel.Communicator;
import org.jspecify.annotations.Nullable;

/**
 * The layer that looks one token further (DeepSeek-V3 report, section 2.2, with a dense layer of
 * one attention block as in the LongCat-Flash report): from a position's hidden state after the
 * final norm and the token that follows it, the hidden state whose logits foretell the token after
 * that. Embedding and head are the model's own; the layer has latents of its own in the cache, in
 * the slots of the positions. Owns its scratch.
 */
final class MultiTokenPrediction implements AutoCloseable {
  private static final String PREFIX = "model.mtp.";
  private static final String LAYER = PREFIX + "layers.0";
  private static final String DENSE = LAYER + ".transformer_layer.mlp";
  private static final String JOIN = LAYER + ".eh_proj.weight";

  /** A copy of the model's embedding. */
  private static final String EMBEDDING = PREFIX + "embed_tokens.weight";

  /** Embedding and hidden state side by side. */
  private record Pair(Tensor both, Tensor embedding, Tensor state) {}

  private final Norm embeddingNorm;
  private final Norm stateNorm;
  private final Weight join;
  private final Norm inputNorm;
  private final LatentAttention attention;
  private final Norm postNorm;
  private final FeedForward dense;
  private final Norm finalNorm;
  private final Communicator sums;
  private final int hidden;
  private final RowViews pairs;
  private final @Nullable Pair[] known;

  MultiTokenPrediction(
      WeightLoader loader,
      ComputeBackend backend,
      ModelConfig config,
      Rotary rotary,
      Communicator sums) {
    this.sums = sums;
    this.hidden = config.hiddenSize();
    float epsilon = (float) config.rmsNormEps();
    this.embeddingNorm = norm(loader, LAYER + ".enorm.m", epsilon);
    this.stateNorm = norm(loader, LAYER + ".hnorm.m", epsilon);
    this.join = loader.matrix(JOIN, hidden, 2 * hidden);
    this.inputNorm = norm(loader, LAYER + ".input_layernorm", epsilon);
    this.attention = new LatentAttention(loader, LAYER + ".self_attn", config, rotary, sums);
    this.postNorm = norm(loader, LAYER + ".post_attention_layernorm", epsilon);
    this.dense = new FeedForward(loader, DENSE, hidden, config.ffnHiddenSize());
    this.finalNorm = norm(loader, PREFIX + "norm", epsilon);
    this.pairs = new RowViews(backend, LanguageModel.mostRows(backend), 2 * hidden);
    this.known = new Pair[LanguageModel.mostRows(backend) + 1];
  }

  private Norm norm(WeightLoader loader, String prefix, float epsilon) {
    return new Norm(loader.vector(prefix + ".weight", hidden), epsilon, 1f);
  }

  /** Whether a checkpoint has the layer in the dense form that is computed here. */
  static boolean isIn(TensorSource weights) {
    return weights.names().contains(JOIN) && weights.names().contains(DENSE + ".gate_proj.weight");
  }

  /** Whether a tensor is read at all. */
  static boolean reads(String name, boolean wanted) {
    return !name.startsWith(PREFIX) || (wanted && !name.equals(EMBEDDING));
  }

  /** Replaces hidden states by those that foretell the token after the next one. */
  void forward(
      Stream stream,
      Tensor x,
      Weight embedding,
      int[] nextIds,
      PassPlan plan,
      CacheBlock cache,
      Activations a) {
    Pair pair = pair(x.rows());
    stream.zero(a.branch);
    stream.addEmbeddings(embedding, nextIds, a.branch);
    embeddingNorm.apply(stream, a.branch, pair.embedding);
    stateNorm.apply(stream, x, pair.state);
    stream.linear(join, null, pair.both, x);

    inputNorm.apply(stream, x, a.normed);
    attention.forward(stream, a.normed, plan, cache, a, a.branch);
    postNorm.addAndApply(stream, a.branch, null, x, a.normed);
    dense.forward(stream, a.normed, a.gated, a.branch);
    sums.sum(a.branch);
    finalNorm.addAndApply(stream, a.branch, null, x, x);
  }

  private Pair pair(int rows) {
    Pair pair = known[rows];
    if (pair == null) {
      Tensor both = pairs.first(rows);
      pair = new Pair(both, both.columns(0, hidden), both.columns(hidden, hidden));
      known[rows] = pair;
    }
    return pair;
  }

  @Override
  public void close() {
    pairs.close();
  }
}
