package io.longcat4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Generation;
import io.longcat4j.LoadingListener;
import io.longcat4j.cache.LatentCache;
import io.longcat4j.checkpoint.ConfigFile;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.SafetensorsFile;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.reference.ReferenceProvider;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.RunningSequence;
import io.longcat4j.decode.Sampler;
import io.longcat4j.decode.TextLoop;
import io.longcat4j.parallel.Ranks;
import io.longcat4j.testing.TestData;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LanguageModelGoldenTest {
  static ModelConfig config(ConfigFile c) {
    return new ModelConfig(c.requireInt("vocab_size"), c.requireInt("hidden_size"), c.requireInt("ffn_hidden_size"),
      c.requireInt("expert_ffn_hidden_size"), c.requireInt("num_layers"), c.requireInt("num_attention_heads"),
      c.requireInt("q_lora_rank"), c.requireInt("kv_lora_rank"), c.requireInt("qk_nope_head_dim"), c.requireInt("qk_rope_head_dim"),
      c.requireInt("v_head_dim"), c.requireInt("n_routed_experts"), c.requireInt("zero_expert_num"), c.requireInt("moe_topk"),
      c.requireDouble("routed_scaling_factor"), false, false, false, c.requireDouble("rope_theta"), Optional.empty(), c.requireDouble("rms_norm_eps"),
      131072, false, true, true, 1, 2, 544, 4, Optional.of(new ModelConfig.BlockSize(128, 128)));
  }

  @Test
  void fp8() {
    var dir = TestData.fp8();
    ModelConfig config = config(ConfigFile.json(dir.resolve("config.json")));
    TensorSource weights = SafetensorsFile.open(dir.resolve("model.safetensors"));
    TensorSource golden = SafetensorsFile.open(TestData.golden(dir).resolve("golden.safetensors"));
    try (ComputeBackend backend = new ReferenceProvider().open(OptionalInt.empty());
        LanguageModel model = LanguageModel.load(config, weights, backend, Ranks.single(), LoadingListener.silent())) {
      float[] idf = golden.require("llm.input_ids").toFloats();
      int[] ids = IntStream.range(0, idf.length).map(i -> (int) idf[i]).toArray();
      LatentCache cache = model.allocateCache(ids.length);
      Tensor x = backend.allocate(ids.length, config.hiddenSize());
      model.addEmbeddings(ids, x);
      float[] lay = golden.require("llm.layer_outputs").toFloats();
      model.forward(x, Batch.of(0, ids.length, cache.slots()), cache, 0, (l, out, r) -> {
        float[] v = new float[ids.length * config.hiddenSize()];
        model.stream().read(out, v, 0);
        double e = 0, m = 0;
        for (int i = 0; i < v.length; i++) { e = Math.max(e, Math.abs(v[i] - lay[l * v.length + i])); m = Math.max(m, Math.abs(lay[l * v.length + i])); }
        System.out.println("layer " + l + " err " + e + " max " + m);
      });
      Tensor logits = backend.allocate(ids.length, config.vocabSize());
      model.head(x, logits);
      float[] got = new float[ids.length * config.vocabSize()];
      model.stream().read(logits, got, 0);
      float[] want = golden.require("llm.logits").toFloats();
      double e = 0, m = 0;
      for (int i = 0; i < got.length; i++) { e = Math.max(e, Math.abs(got[i] - want[i])); m = Math.max(m, Math.abs(want[i])); }
      System.out.println("logits err " + e + " max " + m);
      RunningSequence s = new RunningSequence(model, null, 200, 0);
      s.prefill(PromptRows.of(ids), () -> {});
      var out = new TextLoop(s, new Sampler(Generation.text()), id -> false, () -> {}, config.vocabSize(), -1).run(48);
      float[] wantIds = golden.require("llm.greedy_ids").toFloats();
      System.out.println(out.ids());
      for (int i = 0; i < 48; i++) assertThat(out.ids().get(i)).isEqualTo((int) wantIds[i]);
      RunningSequence t = new RunningSequence(model, null, 200, 8);
      t.prefill(PromptRows.of(IntStream.of(ids).limit(ids.length - 1).toArray()), () -> {});
      t.step(ids[ids.length - 1], new int[0]);
      out = new TextLoop(t, new Sampler(Generation.text()), id -> false, () -> {}, config.vocabSize(), -1).run(24);
      wantIds = golden.require("topk8.greedy_ids").toFloats();
      for (int i = 0; i < 24; i++) assertThat(out.ids().get(i)).isEqualTo((int) wantIds[i]);
      System.out.println("experts/token " + t.expertsPerToken());
    }
  }
}
