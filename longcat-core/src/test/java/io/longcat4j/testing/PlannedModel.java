package io.longcat4j.testing;

import io.longcat4j.checkpoint.ConfigFile;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.ModelConfigReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Configurations of small models of which nothing but sizes matters. */
public final class PlannedModel {
  private PlannedModel() {}

  /** 8 heads, 16 experts; {@code changes} are keys of {@code config.json} and their values. */
  public static ModelConfig config(Object... changes) {
    Map<String, Object> values = new HashMap<>();
    Map<String, Integer> sizes =
        Map.ofEntries(
            Map.entry("vocab_size", 304),
            Map.entry("hidden_size", 48),
            Map.entry("ffn_hidden_size", 64),
            Map.entry("expert_ffn_hidden_size", 32),
            Map.entry("num_layers", 3),
            Map.entry("num_attention_heads", 8),
            Map.entry("q_lora_rank", 24),
            Map.entry("kv_lora_rank", 16),
            Map.entry("qk_nope_head_dim", 12),
            Map.entry("qk_rope_head_dim", 6),
            Map.entry("v_head_dim", 12),
            Map.entry("n_routed_experts", 16),
            Map.entry("zero_expert_num", 8),
            Map.entry("moe_topk", 4),
            Map.entry("max_position_embeddings", 1024),
            Map.entry("bos_token_id", 1));
    values.putAll(sizes);
    values.put("routed_scaling_factor", 2.5);
    values.put("rope_theta", 1e7);
    values.put("rms_norm_eps", 1e-5);
    values.put("zero_expert_type", "identity");
    for (int i = 0; i < changes.length; i += 2) {
      values.put((String) changes[i], changes[i + 1]);
    }
    return ModelConfigReader.read(ConfigFile.of("config.json", values), warning -> {});
  }

  /** A {@code quantization_config} of FP8. */
  public static Map<String, ?> fp8(int block) {
    return Map.of(
        "quant_method",
        "fp8",
        "fmt",
        "e4m3",
        "activation_scheme",
        "dynamic",
        "weight_block_size",
        List.of(block, block));
  }

  /** A {@code quantization_config} of integers. */
  public static Map<String, ?> integers(int bits, int group) {
    return Map.of(
        "quant_method",
        "longcat4j",
        "version",
        1,
        "bits",
        bits,
        "group_size",
        group,
        "scope",
        "all");
  }
}
