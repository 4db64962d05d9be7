package io.longcat4j.benchmarks;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.InvalidRequestException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sizes of a language model to generate.
 *
 * @param layers how many
 * @param vocabulary entries of embedding and head
 * @param hidden width of the residual stream
 * @param denseWidth inner width of a dense network
 * @param expertWidth inner width of an expert
 * @param heads attention heads
 * @param queryRank rank of the queries' low-rank map
 * @param latent columns of the cached latent
 * @param nope query columns of a head without position
 * @param rope query columns of a head with position
 * @param value value columns of a head
 * @param experts that compute
 * @param zeroExperts that pass the token through
 * @param topK experts a token picks, of both kinds
 */
public record ModelSizes(
    int layers,
    int vocabulary,
    int hidden,
    int denseWidth,
    int expertWidth,
    int heads,
    int queryRank,
    int latent,
    int nope,
    int rope,
    int value,
    int experts,
    int zeroExperts,
    int topK) {
  private static final int BLOCK = 128;

  /** Each is at least 1, and there are as many experts as are picked. */
  public ModelSizes {
    Map<String, Integer> all = new TreeMap<>();
    all.put("layers", layers);
    all.put("vocabulary", vocabulary);
    all.put("hidden", hidden);
    all.put("denseWidth", denseWidth);
    all.put("expertWidth", expertWidth);
    all.put("heads", heads);
    all.put("queryRank", queryRank);
    all.put("latent", latent);
    all.put("nope", nope);
    all.put("rope", rope);
    all.put("value", value);
    all.put("experts", experts);
    all.put("topK", topK);
    all.forEach(ModelSizes::requirePositive);
    if (zeroExperts < 0 || topK > experts + (long) zeroExperts) {
      throw new InvalidRequestException(
          "%d of %d + %d experts cannot be picked; pass more experts"
              .formatted(topK, experts, zeroExperts));
    }
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new InvalidRequestException(name + " is " + value + "; pass at least 1");
    }
  }

  /**
   * The published model.
   *
   * @return 560 billion parameters
   */
  public static ModelSizes published() {
    return new ModelSizes(
        28, 131_072, 6144, 12_288, 2048, 64, 1536, 512, 128, 64, 128, 512, 256, 12);
  }

  /**
   * One layer of the published model with fewer experts and a vocabulary just large enough to feed
   * it. Zero experts stay half as many as the others, so that a random router picks the published
   * mix: 8 of 12 compute.
   *
   * @param experts that compute
   * @return the sizes
   */
  public static ModelSizes publishedLayer(int experts) {
    return new ModelSizes(
        1, 1024, 6144, 12_288, 2048, 64, 1536, 512, 128, 64, 128, experts, experts / 2, 12);
  }

  /**
   * A model that runs anywhere.
   *
   * @return 1.2 billion parameters, 0.36 billion active
   */
  public static ModelSizes small() {
    return new ModelSizes(9, 65_536, 1024, 2048, 512, 16, 512, 256, 64, 64, 64, 64, 32, 12);
  }

  /**
   * A layer that takes the same steps as {@link #publishedLayer} with next to no arithmetic.
   *
   * @return the sizes
   */
  public static ModelSizes tinyLayer() {
    return tinyLayers(1);
  }

  /**
   * Several such layers.
   *
   * @param layers how many
   * @return the sizes
   */
  public static ModelSizes tinyLayers(int layers) {
    return new ModelSizes(layers, 64, 64, 64, 32, 2, 32, 32, 16, 16, 16, 24, 12, 12);
  }

  /**
   * All parameters.
   *
   * @return of layers, embedding, head and norms
   */
  public long parameters() {
    return layers * layerParameters(experts) + 2L * vocabulary * hidden + hidden;
  }

  /**
   * Parameters that take part in a token.
   *
   * @param realExperts experts that compute, on average
   * @return of layers and head
   */
  public double activeParameters(double realExperts) {
    double fixed = layers * layerParameters(0) + (double) vocabulary * hidden + hidden;
    return fixed + layers * realExperts * 3.0 * hidden * expertWidth;
  }

  /**
   * The mix of an unbiased router.
   *
   * @return experts that compute for a token and layer, on average
   */
  public double expectedRealExperts() {
    return (double) topK * experts / (experts + zeroExperts);
  }

  private long layerParameters(long countedExperts) {
    long attention =
        (long) queryRank * hidden
            + queryRank
            + (long) heads * (nope + rope) * queryRank
            + (long) (latent + rope) * hidden
            + latent
            + (long) heads * (nope + value) * latent
            + (long) hidden * heads * value;
    long dense = 3L * hidden * denseWidth;
    long router = (long) (experts + zeroExperts) * (hidden + 1L);
    long norms = 4L * hidden;
    return 2 * attention + 2 * dense + router + norms + countedExperts * 3 * hidden * expertWidth;
  }

  /** The same as values. */
  Map<String, Object> configValues(WeightFormat format) {
    return JsonMapper.builder().build().convertValue(config(format), new TypeReference<>() {});
  }

  /** The published {@code config.json} with these sizes. */
  ObjectNode config(WeightFormat format) {
    ObjectNode config =
        JsonNodeFactory.instance
            .objectNode()
            .put("model_type", "longcat_flash")
            .put("vocab_size", vocabulary)
            .put("hidden_size", hidden)
            .put("ffn_hidden_size", denseWidth)
            .put("expert_ffn_hidden_size", expertWidth)
            .put("num_layers", layers)
            .put("num_hidden_layers", layers)
            .put("num_attention_heads", heads)
            .put("q_lora_rank", queryRank)
            .put("kv_lora_rank", latent)
            .put("qk_nope_head_dim", nope)
            .put("qk_rope_head_dim", rope)
            .put("v_head_dim", value)
            .put("n_routed_experts", experts)
            .put("zero_expert_num", zeroExperts)
            .put("zero_expert_type", "identity")
            .put("moe_topk", topK)
            .put("routed_scaling_factor", 6.0)
            .put("rope_theta", 1e7)
            .put("rms_norm_eps", 1e-5)
            .put("max_position_embeddings", 262_144)
            .put("bos_token_id", 1)
            .put("eos_token_id", 2)
            .put("torch_dtype", "bfloat16")
            .put("attention_bias", false)
            .put("attention_method", "MLA")
            .put("mla_scale_q_lora", true)
            .put("mla_scale_kv_lora", true)
            .put("router_bias", false)
            .put("norm_topk_prob", false)
            .put("tie_word_embeddings", false);
    config.putArray("architectures").add("LongcatFlashForCausalLM");
    if (format == WeightFormat.FP8) {
      ObjectNode quantization = config.putObject("quantization_config");
      quantization
          .put("quant_method", "fp8")
          .put("fmt", "e4m3")
          .put("activation_scheme", "dynamic");
      quantization.putArray("weight_block_size").add(BLOCK).add(BLOCK);
    }
    format
        .precision()
        .ifPresent(
            precision ->
                config
                    .putObject("quantization_config")
                    .put("quant_method", "longcat4j")
                    .put("version", 1)
                    .put("bits", precision.groups().bits())
                    .put("group_size", precision.groups().size())
                    .put("scope", "all"));
    return config;
  }
}
