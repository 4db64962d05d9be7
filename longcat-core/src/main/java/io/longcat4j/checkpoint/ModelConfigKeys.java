package io.longcat4j.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What happens to the keys of {@code config.json}. A key that is ignored although it changes the
 * mathematics gives wrong answers without a sound, and a key that is refused although it is
 * harmless makes a good checkpoint useless, so:
 *
 * <ol>
 *   <li>keys the reader reads are honoured;
 *   <li>keys with one supported value must have it;
 *   <li>keys known not to change what the network computes (training, saving, other engines, token
 *       ids, the encoders) are ignored;
 *   <li>any other key is ignored while it is switched off (null, false, 0, or empty), and refused
 *       by name otherwise.
 * </ol>
 */
final class ModelConfigKeys {
  private static final Set<String> READ =
      Set.of(
          "vocab_size",
          "hidden_size",
          "ffn_hidden_size",
          "intermediate_size",
          "expert_ffn_hidden_size",
          "moe_intermediate_size",
          "num_layers",
          "num_hidden_layers",
          "num_attention_heads",
          "q_lora_rank",
          "kv_lora_rank",
          "qk_nope_head_dim",
          "qk_rope_head_dim",
          "qk_head_dim",
          "v_head_dim",
          "n_routed_experts",
          "num_local_experts",
          "zero_expert_num",
          "moe_topk",
          "num_experts_per_tok",
          "routed_scaling_factor",
          "norm_topk_prob",
          "router_bias",
          "attention_bias",
          "rope_theta",
          "rope_scaling",
          "rope_parameters",
          "original_max_position_embeddings",
          "rms_norm_eps",
          "max_position_embeddings",
          "tie_word_embeddings",
          "mla_scale_q_lora",
          "mla_scale_kv_lora",
          "bos_token_id",
          "eos_token_id",
          "audio_vocab_size",
          "audio_head_num",
          "quantization_config");

  private static final Map<String, List<Object>> SUPPORTED =
      Map.ofEntries(
          Map.entry("hidden_act", List.of("silu")),
          Map.entry("attention_method", List.of("MLA", "mla")),
          Map.entry("zero_expert_type", List.of("identity")),
          Map.entry("topk_method", List.of("noaux_tc")),
          Map.entry("scoring_func", List.of("softmax")),
          Map.entry("n_group", List.of(1)),
          Map.entry("topk_group", List.of(1)),
          Map.entry("moe_layer_freq", List.of(1)),
          Map.entry("partial_rotary_factor", List.of(1, 1.0)),
          Map.entry("rope_interleave", List.of(true)));

  private static final Set<String> HARMLESS =
      Set.of(
          "architectures",
          "model_type",
          "auto_map",
          "transformers_version",
          "torch_dtype",
          "dtype",
          "params_dtype",
          "router_dtype",
          "torchscript",
          "use_cache",
          "return_dict",
          "output_attentions",
          "output_hidden_states",
          "output_router_logits",
          "initializer_range",
          "initializer_factor",
          "pretraining_tp",
          "ep_size",
          "tp_size",
          "num_key_value_heads",
          "head_dim",
          "router_aux_loss_coef",
          "aux_loss_alpha",
          "seq_aux",
          "is_encoder_decoder",
          "is_decoder",
          "chunk_size_feed_forward",
          "problem_type",
          "id2label",
          "label2id",
          "nextn_use_scmoe",
          "num_nextn_predict_layers",
          "disable_quant_module",
          "use_flash_attn",
          "attn_implementation");

  /** Token ids belong to the tokenizer, dropout to training, drafts and encoders to other parts. */
  private static final List<String> HARMLESS_PREFIXES =
      List.of("_", "mtp_", "audio_", "vision_", "visual_", "image_", "video_", "codec_");

  private static final List<String> HARMLESS_SUFFIXES =
      List.of("_token_id", "_token", "_dropout", "_drop", "_pdrop", "_loss_coef");

  private static final Set<String> HARMLESS_QUANTIZATION =
      Set.of(
          "weight_block_size",
          "ignored_layers",
          "modules_to_not_convert",
          "modules_to_convert",
          "dequantize",
          "scale_fmt");

  /** Keys of integer weights; {@code scope} is for people. */
  private static final Set<String> READ_INTEGERS =
      Set.of(
          "quant_method", "version", "bits", "group_size", "head_bits", "head_group_size", "scope");

  private static final Map<String, List<Object>> SUPPORTED_QUANTIZATION =
      Map.of(
          "quant_method", List.of("fp8"),
          "fmt", List.of("e4m3"),
          "activation_scheme", List.of("dynamic"),
          "expert_dtype", List.of("fp8"));

  private ModelConfigKeys() {}

  static void check(ConfigFile config) {
    for (String key : config.keys()) {
      if (config.has(key) && !READ.contains(key) && !isHarmless(key)) {
        checkUnread(config, key, SUPPORTED);
      }
    }
  }

  static void checkQuantization(ConfigFile quantization, boolean integers) {
    for (String key : quantization.keys()) {
      boolean read = integers && READ_INTEGERS.contains(key);
      if (quantization.has(key) && !read && !HARMLESS_QUANTIZATION.contains(key)) {
        checkUnread(quantization, key, SUPPORTED_QUANTIZATION);
      }
    }
  }

  private static boolean isHarmless(String key) {
    return HARMLESS.contains(key)
        || HARMLESS_PREFIXES.stream().anyMatch(key::startsWith)
        || HARMLESS_SUFFIXES.stream().anyMatch(key::endsWith);
  }

  private static void checkUnread(
      ConfigFile config, String key, Map<String, List<Object>> supported) {
    Object value = config.find(key).orElse(false);
    List<Object> values = supported.get(key);
    if (values != null && !values.contains(value)) {
      throw config.refuse(key, "but only " + values + " is supported");
    }
    if (values == null && !isSwitchedOff(value)) {
      throw config.refuse(
          key,
          "but this key is unknown and may change the results; if it does not, remove it from the"
              + " file");
    }
  }

  private static boolean isSwitchedOff(Object value) {
    return value.equals(false)
        || value.equals("")
        || (value instanceof Number number && number.doubleValue() == 0)
        || (value instanceof List<?> list && list.isEmpty())
        || (value instanceof Map<?, ?> map && map.isEmpty());
  }
}
