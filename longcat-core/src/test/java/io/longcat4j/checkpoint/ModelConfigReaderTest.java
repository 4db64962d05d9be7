package io.longcat4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.ModelConfig.BlockSize;
import io.longcat4j.checkpoint.ModelConfig.YarnScaling;
import io.longcat4j.testing.TestData;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelConfigReaderTest {
  private final Map<String, Object> values = new HashMap<>();

  ModelConfigReaderTest() {
    values.put("vocab_size", 640);
    values.put("hidden_size", 192);
    values.put("ffn_hidden_size", 320);
    values.put("expert_ffn_hidden_size", 96);
    values.put("num_layers", 2);
    values.put("num_attention_heads", 4);
    values.put("q_lora_rank", 96);
    values.put("kv_lora_rank", 64);
    values.put("qk_nope_head_dim", 32);
    values.put("qk_rope_head_dim", 16);
    values.put("v_head_dim", 32);
    values.put("n_routed_experts", 16);
    values.put("zero_expert_num", 8);
    values.put("moe_topk", 4);
  }

  private ModelConfig read() {
    return ModelConfigReader.read(ConfigFile.of("config.json", values), warning -> {});
  }

  private ModelConfigReaderTest with(String key, Object value) {
    values.put(key, value);
    return this;
  }

  private void refused(String... parts) {
    assertThatThrownBy(this::read)
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith("config.json: ")
        .hasMessageContainingAll(parts);
  }

  @Test
  void absent_switches_have_the_published_values() {
    ModelConfig model = read();

    assertThat(model.routedScalingFactor()).isEqualTo(6);
    assertThat(model.normTopkProb()).isFalse();
    assertThat(model.routerBias()).isFalse();
    assertThat(model.attentionBias()).isFalse();
    assertThat(model.ropeTheta()).isEqualTo(1e7);
    assertThat(model.ropeScaling()).isEmpty();
    assertThat(model.rmsNormEps()).isEqualTo(1e-5);
    assertThat(model.maxPositionEmbeddings()).isEqualTo(131072);
    assertThat(model.tieWordEmbeddings()).isFalse();
    assertThat(model.mlaScaleQLora()).isTrue();
    assertThat(model.mlaScaleKvLora()).isTrue();
    assertThat(model.bosTokenId()).isEqualTo(1);
    assertThat(model.audioVocabSize()).isEqualTo(8224);
    assertThat(model.audioHeadNum()).isEqualTo(4);
    assertThat(model.fp8Block()).isEmpty();
  }

  @Test
  void both_fixtures_are_read() {
    ModelConfig bf16 =
        ModelConfigReader.read(
            ConfigFile.json(TestData.bf16().resolve("config.json")), warning -> {});
    ModelConfig fp8 =
        ModelConfigReader.read(
            ConfigFile.json(TestData.fp8().resolve("config.json")), warning -> {});

    assertThat(bf16.fp8Block()).isEmpty();
    assertThat(fp8.fp8Block()).contains(new BlockSize(128, 128));
    assertThat(bf16.routedScalingFactor()).isEqualTo(2.5);
    assertThat(bf16.audioVocabSize()).isEqualTo(544);
  }

  @Test
  void siblings_use_other_switches() {
    values.put("q_lora_rank", null);
    with("norm_topk_prob", true).with("router_bias", true).with("attention_bias", true);

    assertThat(read().qLoraRank()).isZero();
    assertThat(read().normTopkProb()).isTrue();
    assertThat(read().routerBias()).isTrue();
    assertThat(read().attentionBias()).isTrue();
  }

  @Test
  void the_number_of_layers_may_have_its_other_name() {
    values.remove("num_layers");
    refused("num_layers is missing");

    assertThat(with("num_hidden_layers", 3).read().numLayers()).isEqualTo(3);
    assertThat(with("num_layers", 2).with("num_hidden_layers", 4).read().numLayers()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vocab_size",
        "hidden_size",
        "ffn_hidden_size",
        "expert_ffn_hidden_size",
        "num_layers",
        "num_attention_heads",
        "kv_lora_rank",
        "qk_nope_head_dim",
        "qk_rope_head_dim",
        "v_head_dim",
        "n_routed_experts",
        "moe_topk"
      })
  void sizes_must_be_there_and_positive(String key) {
    with(key, 0).refused(key + " is 0, expected at least 1");
    with(key, -3).refused(key + " is -3, expected at least 1");
    values.remove(key);
    refused(key + " is missing");
  }

  @Test
  void sizes_that_contradict_each_other_are_refused() {
    with("moe_topk", 25).refused("moe_topk is 25, expected at most the 24 experts");
    with("moe_topk", 24).read();
    with("qk_rope_head_dim", 15).refused("qk_rope_head_dim is 15, expected an even number");
    with("qk_rope_head_dim", 16).with("qk_head_dim", 47).refused("qk_head_dim is 47, expected 48");
    with("qk_head_dim", 48).with("bos_token_id", 640).refused("bos_token_id is 640");
  }

  @Test
  void sizes_whose_products_overflow_are_refused() {
    with("num_attention_heads", 1 << 30).refused("num_attention_heads", "2^31");
    with("num_attention_heads", 4).with("zero_expert_num", Integer.MAX_VALUE).refused("2^31");
    with("zero_expert_num", -1).refused("zero_expert_num is -1");
  }

  @ParameterizedTest
  @CsvSource({
    "hidden_act, gelu",
    "attention_method, GQA",
    "zero_expert_type, drop",
    "topk_method, group_limited_greedy",
    "scoring_func, sigmoid"
  })
  void an_unsupported_method_is_named_with_its_value(String key, String value) {
    with(key, value).refused(key + " is \"" + value + '"', "only [");
  }

  @ParameterizedTest
  @CsvSource({
    "hidden_act, silu",
    "attention_method, MLA",
    "zero_expert_type, identity",
    "topk_method, noaux_tc"
  })
  void a_supported_method_is_accepted(String key, String value) {
    assertThat(with(key, value).read()).isNotNull();
  }

  @Test
  void keys_without_influence_are_accepted() {
    with("architectures", List.of("LongcatFlashForCausalLM"))
        .with("torch_dtype", "bfloat16")
        .with("dtype", "bfloat16")
        .with("transformers_version", "4.57.0")
        .with("auto_map", Map.of("AutoModel", "x"))
        .with("model_type", "longcat_flash")
        .with("use_cache", true)
        .with("initializer_range", 0.02)
        .with("attention_dropout", 0.1)
        .with("pad_token_id", 3)
        .with("_name_or_path", "x")
        .with("mtp_num_layers", 1)
        .with("num_key_value_heads", 4);

    assertThat(read().numLayers()).isEqualTo(2);
  }

  @Test
  void unknown_keys_are_refused_unless_they_are_switched_off() {
    with("final_logit_softcapping", 30.0)
        .refused("final_logit_softcapping is 30.0", "unknown", "remove it");
    with("final_logit_softcapping", 0.0)
        .with("use_sliding_window", false)
        .with("layer_types", List.of());
    values.put("sliding_window", null);

    assertThat(read()).isNotNull();
    with("ngram_vocab_size_ratio", 78).refused("ngram_vocab_size_ratio is 78", "unknown");
  }

  @Test
  void block_fp8_is_read() {
    Map<String, Object> quantization =
        new HashMap<>(
            Map.of(
                "quant_method", "fp8",
                "fmt", "e4m3",
                "activation_scheme", "dynamic",
                "weight_block_size", List.of(64, 128)));
    with("quantization_config", quantization);

    assertThat(read().fp8Block()).contains(new BlockSize(64, 128));

    quantization.put("fmt", "e5m2");
    refused("quantization_config.fmt is \"e5m2\"");
    quantization.put("fmt", "e4m3");
    quantization.put("weight_block_size", List.of(128));
    refused("quantization_config.weight_block_size is a list of 1");
    quantization.put("weight_block_size", List.of(128, 0));
    refused("quantization_config.weight_block_size");
    quantization.remove("weight_block_size");
    refused("quantization_config.weight_block_size is missing");
    quantization.put("group_size", 32);
    refused("quantization_config.group_size is 32", "unknown");
    with("quantization_config", Map.of("quant_method", "awq"));
    refused("quantization_config.quant_method is \"awq\"");
  }

  @Test
  void integer_groups_are_read() {
    Map<String, Object> quantization =
        new HashMap<>(
            Map.of(
                "quant_method", "longcat4j",
                "version", 1,
                "bits", 4,
                "group_size", 32,
                "scope", "experts"));
    with("quantization_config", quantization);
    assertThat(read().integerGroups()).contains(new ModelConfig.IntegerGroups(4, 32));
    assertThat(read().fp8Block()).isEmpty();

    quantization.put("weight_block_size", List.of(64, 128));
    assertThat(read().fp8Block()).contains(new BlockSize(64, 128));

    assertThat(read().headGroups()).isEmpty();
    quantization.put("head_bits", 8);
    quantization.put("head_group_size", 128);
    assertThat(read().headGroups()).contains(new ModelConfig.IntegerGroups(8, 128));
    assertThat(read().integerGroups(ModelConfig.HEAD)).isEqualTo(read().headGroups());
    assertThat(read().integerGroups("model.layers.0.mlps.0.up_proj.weight"))
        .isEqualTo(read().integerGroups());
    quantization.put("head_bits", 5);
    refused("quantization_config.head_bits is 5", "4 or 8");
    quantization.remove("head_bits");
    refused("quantization_config.head_bits");
    quantization.remove("head_group_size");

    quantization.put("group_size", 33);
    refused("quantization_config.group_size is 33", "even");
    quantization.put("bits", 8);
    assertThat(read().integerGroups()).contains(new ModelConfig.IntegerGroups(8, 33));
    quantization.put("bits", 3);
    refused("quantization_config.bits is 3", "4 or 8");
    quantization.put("bits", 8);
    quantization.put("version", 2);
    refused("quantization_config.version is 2");
    quantization.put("version", 1);
    quantization.put("zero_points", true);
    refused("quantization_config.zero_points", "unknown");
  }

  private YarnScaling yarn(Object... keysAndValues) {
    Map<String, Object> rope = new HashMap<>(Map.of("type", "yarn", "factor", 40));
    rope.put("original_max_position_embeddings", 4096);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      rope.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return with("rope_scaling", rope).read().ropeScaling().orElseThrow();
  }

  private static double m(double mscale) {
    return 0.1 * mscale * Math.log(40) + 1;
  }

  private static double magnitude(YarnScaling yarn) {
    return m(yarn.mscale()) / m(yarn.mscaleAllDim());
  }

  @Test
  void yarn_is_read_with_its_defaults() {
    YarnScaling yarn = yarn("mscale", 0.707, "mscale_all_dim", 1);

    assertThat(yarn).isEqualTo(new YarnScaling(40, 4096, 32, 1, 0.707, 1));
    assertThat(yarn("beta_fast", 16, "beta_slow", 2).betaFast()).isEqualTo(16);
  }

  @Test
  void yarn_has_the_rotary_magnitude_the_file_asks_for() {
    assertThat(magnitude(yarn())).isCloseTo(m(1), within(1e-12));
    assertThat(magnitude(yarn("mscale_all_dim", 0.5))).isCloseTo(m(1), within(1e-12));
    assertThat(magnitude(yarn("mscale", 0.5))).isCloseTo(m(1), within(1e-12));
    assertThat(magnitude(yarn("mscale", 0.5, "mscale_all_dim", 0.25)))
        .isCloseTo(m(0.5) / m(0.25), within(1e-12));
    assertThat(magnitude(yarn("attention_factor", 1.25, "mscale_all_dim", 1)))
        .isCloseTo(1.25, within(1e-12));
    assertThat(yarn("mscale_all_dim", 0.5).mscaleAllDim()).isEqualTo(0.5);
  }

  @Test
  void the_newer_form_of_rotary_settings_is_read() {
    with("rope_parameters", Map.of("rope_type", "default", "rope_theta", 5e6));

    assertThat(read().ropeTheta()).isEqualTo(5e6);
    assertThat(read().ropeScaling()).isEmpty();
  }

  @Test
  void no_scaling_may_be_written_in_several_ways() {
    values.put("rope_scaling", null);
    assertThat(read().ropeScaling()).isEmpty();
    Map<String, Object> untyped = new HashMap<>();
    untyped.put("type", null);
    assertThat(with("rope_scaling", untyped).read().ropeScaling()).isEmpty();
    assertThat(with("rope_scaling", Map.of("rope_type", "default")).read().ropeScaling()).isEmpty();
  }

  @Test
  void other_scalings_are_refused() {
    for (String type : Arrays.asList("linear", "llama3")) {
      with("rope_scaling", Map.of("type", type, "factor", 2))
          .refused("rope_scaling.type is \"" + type + '"', "\"yarn\"");
    }
    with("rope_scaling", Map.of("factor", 2)).refused("rope_scaling.factor is 2", "unknown");
    assertThatThrownBy(() -> yarn("short_factor", 2))
        .hasMessageContaining("rope_scaling.short_factor");
    assertThatThrownBy(() -> yarn("factor", 0.5))
        .hasMessageContaining("rope_scaling.factor is 0.5");
    assertThatThrownBy(() -> yarn("truncate", false)).hasMessageContaining("rope_scaling.truncate");
    assertThatThrownBy(() -> yarn("beta_fast", 0.5)).hasMessageContaining("rope_scaling.beta_fast");
  }

  @Test
  void bad_rotary_and_norm_numbers_are_refused() {
    with("rope_theta", 0).refused("rope_theta is 0");
    with("rope_theta", 1e4).with("rms_norm_eps", -1).refused("rms_norm_eps is -1");
  }

  @Test
  void what_newer_tools_write_of_block_scales_is_read() {
    Map<String, Object> fp8 = new HashMap<>();
    fp8.put("quant_method", "fp8");
    fp8.put("activation_scheme", "dynamic");
    fp8.put("weight_block_size", List.of(128, 64));
    fp8.put("dequantize", false);
    fp8.put("modules_to_not_convert", List.of("lm_head"));
    fp8.put("modules_to_convert", null);
    fp8.put("scale_fmt", "float");
    fp8.put("expert_dtype", "fp8");

    assertThat(with("quantization_config", fp8).read().fp8Block())
        .contains(new ModelConfig.BlockSize(128, 64));
    fp8.put("expert_dtype", "fp4");
    refused("quantization_config.expert_dtype is \"fp4\"", "only [fp8]");
  }
}
