package io.longcat4j.testing;

import io.longcat4j.checkpoint.SafetensorsWriter;
import io.longcat4j.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * A small text model whose sizes two, three, four and eight ranks divide, but for its vocabulary;
 * with all biases there are, and a layer for multi-token prediction. Random weights of F32.
 */
public final class WideCheckpoint {
  /** Entries of the vocabulary. */
  public static final int VOCABULARY = 101;

  private static final int HIDDEN = 64;
  private static final int HEADS = 24;
  private static final int NOPE = 8;
  private static final int ROPE = 8;
  private static final int VALUE = 8;
  private static final int LATENT = 24;
  private static final int QUERY_RANK = 32;
  private static final int DENSE = 192;
  private static final int WIDTH = 48;
  private static final int EXPERTS = 24;
  private static final int ZERO_EXPERTS = 12;
  private static final int LAYERS = 2;

  private final SafetensorsWriter tensors = new SafetensorsWriter();
  private final Random random = new Random(11);

  private final int width;

  private WideCheckpoint(int width) {
    this.width = width;
  }

  /** Writes it. */
  public static Path write(Path directory) {
    return write(directory, WIDTH);
  }

  /** With experts of another width. */
  public static Path write(Path directory, int width) {
    WideCheckpoint checkpoint = new WideCheckpoint(width);
    checkpoint.model();
    checkpoint.tensors.write(directory.resolve("model.safetensors"));
    try {
      Files.writeString(directory.resolve("config.json"), checkpoint.config());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return directory;
  }

  private String config() {
    return """
        {"architectures": ["LongcatFlashForCausalLM"], "model_type": "longcat_flash",
         "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu",
         "mla_scale_q_lora": true, "mla_scale_kv_lora": true, "attention_method": "MLA",
         "vocab_size": %d, "hidden_size": %d, "ffn_hidden_size": %d, "expert_ffn_hidden_size": %d,
         "num_layers": %d, "num_attention_heads": %d, "q_lora_rank": %d, "kv_lora_rank": %d,
         "qk_nope_head_dim": %d, "qk_rope_head_dim": %d, "v_head_dim": %d, "n_routed_experts": %d,
         "zero_expert_num": %d, "zero_expert_type": "identity", "moe_topk": 6,
         "routed_scaling_factor": 1.7, "rms_norm_eps": 1e-05, "max_position_embeddings": 4096,
         "rope_theta": 10000.0, "attention_bias": true, "router_bias": true,
         "norm_topk_prob": false, "tie_word_embeddings": false}
        """
        .formatted(
            VOCABULARY,
            HIDDEN,
            DENSE,
            width,
            LAYERS,
            HEADS,
            QUERY_RANK,
            LATENT,
            NOPE,
            ROPE,
            VALUE,
            EXPERTS,
            ZERO_EXPERTS);
  }

  private void model() {
    matrix("model.embed_tokens", VOCABULARY, HIDDEN);
    matrix("lm_head", VOCABULARY, HIDDEN);
    gain("model.norm", HIDDEN);
    for (int layer = 0; layer < LAYERS; layer++) {
      layer("model.layers." + layer);
    }
    String prediction = "model.mtp.layers.0";
    gain("model.mtp.norm", HIDDEN);
    gain(prediction + ".enorm.m", HIDDEN);
    gain(prediction + ".hnorm.m", HIDDEN);
    matrix(prediction + ".eh_proj", HIDDEN, 2 * HIDDEN);
    gain(prediction + ".input_layernorm", HIDDEN);
    gain(prediction + ".post_attention_layernorm", HIDDEN);
    attention(prediction + ".self_attn");
    network(prediction + ".transformer_layer.mlp", DENSE);
  }

  private void layer(String prefix) {
    for (int i = 0; i < 2; i++) {
      gain(prefix + ".input_layernorm." + i, HIDDEN);
      gain(prefix + ".post_attention_layernorm." + i, HIDDEN);
      attention(prefix + ".self_attn." + i);
      network(prefix + ".mlps." + i, DENSE);
    }
    String router = prefix + ".mlp.router";
    matrix(router + ".classifier", EXPERTS + ZERO_EXPERTS, HIDDEN);
    vector(router + ".classifier.bias", EXPERTS + ZERO_EXPERTS, 0, 0.3);
    vector(router + ".e_score_correction_bias", EXPERTS + ZERO_EXPERTS, 0, 0.01);
    for (int e = 0; e < EXPERTS; e++) {
      network(prefix + ".mlp.experts." + e, width);
    }
  }

  private void attention(String prefix) {
    matrix(prefix + ".q_a_proj", QUERY_RANK, HIDDEN);
    vector(prefix + ".q_a_proj.bias", QUERY_RANK, 0, 0.3);
    gain(prefix + ".q_a_layernorm", QUERY_RANK);
    matrix(prefix + ".q_b_proj", HEADS * (NOPE + ROPE), QUERY_RANK);
    matrix(prefix + ".kv_a_proj_with_mqa", LATENT + ROPE, HIDDEN);
    vector(prefix + ".kv_a_proj_with_mqa.bias", LATENT + ROPE, 0, 0.3);
    gain(prefix + ".kv_a_layernorm", LATENT);
    matrix(prefix + ".kv_b_proj", HEADS * (NOPE + VALUE), LATENT);
    matrix(prefix + ".o_proj", HIDDEN, HEADS * VALUE);
    vector(prefix + ".o_proj.bias", HIDDEN, 0, 0.3);
  }

  private void network(String prefix, int width) {
    matrix(prefix + ".gate_proj", width, HIDDEN);
    matrix(prefix + ".up_proj", width, HIDDEN);
    matrix(prefix + ".down_proj", HIDDEN, width);
  }

  private void matrix(String name, int rows, int columns) {
    float[] values = numbers(rows * columns, 0, 1 / Math.sqrt(columns));
    tensors.add(name + ".weight", Shape.of(rows, columns), values);
  }

  private void gain(String name, int length) {
    vector(name + ".weight", length, 1, 0.1);
  }

  private void vector(String name, int length, double mean, double deviation) {
    tensors.add(name, Shape.of(length), numbers(length, mean, deviation));
  }

  private float[] numbers(int count, double mean, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (mean + deviation * random.nextGaussian());
    }
    return values;
  }
}
