package io.longcat4j.benchmarks;

import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.TensorSource;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a token costs at least: bytes of weights and cache that must be read, and the additions and
 * multiplications of the products. Immutable and thread-safe.
 */
public final class TokenCost {
  /** The cache holds F32. */
  private static final int CACHE_ELEMENT_BYTES = Float.BYTES;

  private final ModelConfig config;
  private final Map<Part, Long> weightBytes = new EnumMap<>(Part.class);

  private TokenCost(ModelConfig config) {
    this.config = config;
  }

  /**
   * Counts the weights as they are stored, scales included.
   *
   * @param config the sizes
   * @param weights of the language model
   * @return the cost
   */
  public static TokenCost of(ModelConfig config, TensorSource weights) {
    TokenCost cost = new TokenCost(config);
    for (String name : weights.names()) {
      if (!name.startsWith("model.mtp.")) {
        long bytes = weights.require(name).byteSize();
        cost.weightBytes.merge(Part.ofTensor(name), bytes, Long::sum);
      }
    }
    return cost;
  }

  /**
   * Bytes that one token reads in all layers, without head and embedding.
   *
   * @param realExperts experts that compute, on average
   * @param context positions in the cache, the token's own included
   * @return bytes
   */
  public double decodeBytes(double realExperts, int context) {
    double experts = weights(Part.EXPERTS) * realExperts / config.nRoutedExperts();
    double fixed =
        weights(Part.ATTENTION)
            + weights(Part.CACHE)
            + weights(Part.DENSE)
            + weights(Part.ROUTER)
            + weights(Part.OTHER);
    return fixed + experts + cacheBytes(context);
  }

  /** Bytes of the head, which the embedding's are where the two are tied. */
  double headBytes() {
    return config.tieWordEmbeddings() ? weights(Part.EMBEDDING) : weights(Part.HEAD);
  }

  /** Bytes that attention over the cache reads for one token in all layers: cache and weights. */
  double attentionBytes(int context) {
    return weights(Part.CACHE) + cacheBytes(context);
  }

  /** Bytes a token reads of one part, in all layers. */
  double partBytes(Part part, double realExperts, int context) {
    return switch (part) {
      case EXPERTS -> weights(part) * realExperts / config.nRoutedExperts();
      case CACHE -> attentionBytes(context);
      case EMBEDDING -> 0;
      default -> weights(part);
    };
  }

  private double cacheBytes(int context) {
    double row = (double) (config.kvLoraRank() + config.qkRopeHeadDim()) * CACHE_ELEMENT_BYTES;
    return 2.0 * config.numLayers() * context * row;
  }

  private double weights(Part part) {
    return weightBytes.getOrDefault(part, 0L);
  }

  /**
   * Additions and multiplications of attention over the cache for one token in all layers, with the
   * map to keys and values absorbed into query and output.
   *
   * @param context positions in the cache, the token's own included
   * @return operations
   */
  public double attentionFlops(int context) {
    double latent = config.kvLoraRank();
    double absorbed = 2 * latent * (config.qkNopeHeadDim() + config.vHeadDim());
    double overCache = 2.0 * context * (2 * latent + config.qkRopeHeadDim());
    return 2.0 * config.numLayers() * config.numAttentionHeads() * (absorbed + overCache);
  }

  /**
   * Additions and multiplications of the products for a prompt from position 0 in all layers,
   * without the head; keys and values are made once for each position, and each row sees the
   * positions up to its own.
   *
   * @param rows positions of the prompt
   * @param realExperts experts that compute for a token, on average
   * @return operations
   */
  public double prefillFlops(int rows, double realExperts) {
    double pairs = (double) rows * (rows + 1) / 2;
    double widths = config.qkNopeHeadDim() + config.qkRopeHeadDim() + config.vHeadDim();
    double attention = 2 * 2 * pairs * config.numAttentionHeads() * widths;
    return config.numLayers() * (2.0 * rows * layerParameters(realExperts) + attention);
  }

  private double layerParameters(double realExperts) {
    double hidden = config.hiddenSize();
    double heads = config.numAttentionHeads();
    double queries = heads * (config.qkNopeHeadDim() + config.qkRopeHeadDim());
    double rank = config.qLoraRank();
    double attention =
        (rank == 0 ? hidden * queries : rank * (hidden + queries))
            + (config.kvLoraRank() + config.qkRopeHeadDim()) * hidden
            + heads * (config.qkNopeHeadDim() + config.vHeadDim()) * config.kvLoraRank()
            + heads * config.vHeadDim() * hidden;
    double router = hidden * (config.nRoutedExperts() + config.zeroExpertNum());
    return 2 * attention
        + 2 * 3 * hidden * config.ffnHiddenSize()
        + router
        + realExperts * 3 * hidden * config.expertFfnHiddenSize();
  }
}
