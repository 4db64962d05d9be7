package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import java.util.function.Consumer;

/**
 * Reads the language model's sizes and switches. Sizes must be there; switches have the values of
 * the published checkpoint where they are absent. {@link ModelConfigKeys} tells what happens to
 * keys that are not read here.
 */
public final class ModelConfigReader {
  private static final double PUBLISHED_SCALING_FACTOR = 6.0;
  private static final double PUBLISHED_NORM_EPSILON = 1e-5;
  private static final int PUBLISHED_POSITIONS = 131_072;
  private static final int PUBLISHED_BOS = 1;
  private static final int PUBLISHED_AUDIO_VOCABULARY = 8224;
  private static final int PUBLISHED_AUDIO_HEADS = 4;

  private final ConfigFile config;

  private ModelConfigReader(ConfigFile config) {
    this.config = config;
  }

  /**
   * Reads and checks a configuration.
   *
   * @param config the contents of {@code config.json}
   * @param warnings hears of what is decided where the file contradicts itself
   * @return the language model's configuration
   * @throws CheckpointException if a key is missing, contradicts another, or asks for something
   *     this library does not compute; the message names the key
   */
  public static ModelConfig read(ConfigFile config, Consumer<String> warnings) {
    ModelConfigKeys.check(config);
    ModelConfig model = new ModelConfigReader(config).model(RopeConfig.read(config, warnings));
    requireConsistent(config, model);
    return model;
  }

  private ModelConfig model(RopeConfig rope) {
    QuantizationReader quantization = new QuantizationReader(config);
    int positions = positive("max_position_embeddings", PUBLISHED_POSITIONS);
    return new ModelConfig(
        positive("vocab_size"),
        positive("hidden_size"),
        positiveOf("ffn_hidden_size", "intermediate_size"),
        positiveOf("expert_ffn_hidden_size", "moe_intermediate_size"),
        positiveOf("num_layers", "num_hidden_layers"),
        positive("num_attention_heads"),
        config.has("q_lora_rank") ? positive("q_lora_rank") : 0,
        positive("kv_lora_rank"),
        positive("qk_nope_head_dim"),
        positive("qk_rope_head_dim"),
        positive("v_head_dim"),
        positiveOf("n_routed_experts", "num_local_experts"),
        notNegative("zero_expert_num", 0),
        positiveOf("moe_topk", "num_experts_per_tok"),
        config.doubleOr("routed_scaling_factor", PUBLISHED_SCALING_FACTOR),
        config.booleanOr("norm_topk_prob", false),
        config.booleanOr("router_bias", false),
        config.booleanOr("attention_bias", false),
        rope.theta(),
        rope.scaling(positions),
        epsilon(),
        positions,
        config.booleanOr("tie_word_embeddings", false),
        config.booleanOr("mla_scale_q_lora", true),
        config.booleanOr("mla_scale_kv_lora", true),
        config.intOr("bos_token_id", PUBLISHED_BOS),
        positive("audio_vocab_size", PUBLISHED_AUDIO_VOCABULARY),
        positive("audio_head_num", PUBLISHED_AUDIO_HEADS),
        quantization.fp8Block(),
        quantization.integerGroups(),
        quantization.headGroups());
  }

  private int positive(String key) {
    return checkedPositive(key, config.requireInt(key));
  }

  private int positive(String key, int absent) {
    return checkedPositive(key, config.intOr(key, absent));
  }

  /** Some tools write a key under the name other model families have for it. */
  private int positiveOf(String key, String otherName) {
    return config.has(key) || !config.has(otherName) ? positive(key) : positive(otherName);
  }

  private int checkedPositive(String key, int value) {
    if (value < 1) {
      throw config.refuse(key, "expected at least 1");
    }
    return value;
  }

  private int notNegative(String key, int absent) {
    int value = config.intOr(key, absent);
    if (value < 0) {
      throw config.refuse(key, "expected at least 0");
    }
    return value;
  }

  private double epsilon() {
    double epsilon = config.doubleOr("rms_norm_eps", PUBLISHED_NORM_EPSILON);
    if (epsilon < 0) {
      throw config.refuse("rms_norm_eps", "expected at least 0");
    }
    return epsilon;
  }

  private static void requireConsistent(ConfigFile config, ModelConfig model) {
    long experts = (long) model.nRoutedExperts() + model.zeroExpertNum();
    if (model.moeTopk() > experts) {
      throw config.refuse("moe_topk", "expected at most the " + experts + " experts there are");
    }
    if (model.qkRopeHeadDim() % 2 != 0) {
      throw config.refuse("qk_rope_head_dim", "expected an even number, as pairs are rotated");
    }
    requireId(config, "bos_token_id", model.bosTokenId(), model.vocabSize());
    long queryHead = (long) model.qkNopeHeadDim() + model.qkRopeHeadDim();
    long keyValueHead = (long) model.qkNopeHeadDim() + model.vHeadDim();
    long widest = Math.max(queryHead, keyValueHead);
    long latent = (long) model.kvLoraRank() + model.qkRopeHeadDim();
    if (widest > Integer.MAX_VALUE / model.numAttentionHeads()
        || latent > Integer.MAX_VALUE
        || experts > Integer.MAX_VALUE) {
      throw new CheckpointException(
          config.describe()
              + ": num_attention_heads, qk_nope_head_dim, qk_rope_head_dim, v_head_dim,"
              + " kv_lora_rank and n_routed_experts make matrices of more than 2^31 rows; use the"
              + " file shipped with the checkpoint");
    }
    if (config.intOr("qk_head_dim", (int) queryHead) != queryHead) {
      throw config.refuse(
          "qk_head_dim", "expected " + queryHead + ", qk_nope_head_dim + qk_rope_head_dim");
    }
  }

  private static void requireId(ConfigFile config, String key, int id, int vocabulary) {
    if (config.has(key) && (id < 0 || id >= vocabulary)) {
      throw config.refuse(key, "expected an id below the vocab_size of " + vocabulary);
    }
  }
}
