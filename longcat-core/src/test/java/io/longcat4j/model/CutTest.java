package io.longcat4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.testing.TestData;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CutTest {
  @ParameterizedTest
  @CsvSource({
    "model.embed_tokens.weight, TABLE",
    "lm_head.weight, VOCABULARY",
    "model.norm.weight, WHOLE",
    "model.layers.3.input_layernorm.1.weight, WHOLE",
    "model.layers.3.self_attn.0.q_a_proj.weight, LOW_RANK_ROWS",
    "model.layers.3.self_attn.0.q_a_layernorm.weight, WHOLE",
    "model.layers.3.self_attn.0.q_b_proj.weight, HEAD_ROWS",
    "model.layers.3.self_attn.0.q_b_proj.weight_scale_inv, HEAD_ROWS",
    "model.layers.3.self_attn.1.q_proj.weight, HEAD_ROWS",
    "model.layers.3.self_attn.1.kv_a_proj_with_mqa.weight, LOW_RANK_ROWS",
    "model.layers.3.self_attn.1.kv_a_proj_with_mqa.bias, LOW_RANK_ROWS",
    "model.layers.3.self_attn.1.kv_b_proj.weight, HEAD_ROWS",
    "model.layers.3.self_attn.1.kv_b_proj.weight_scale, HEAD_ROWS",
    "model.layers.3.self_attn.1.o_proj.weight, HEAD_COLUMNS",
    "model.layers.3.self_attn.1.o_proj.bias, WHOLE",
    "model.layers.27.mlps.1.gate_proj.weight, WIDTH_ROWS",
    "model.layers.27.mlps.1.up_proj.weight_scale, WIDTH_ROWS",
    "model.layers.27.mlps.0.down_proj.weight, WIDTH_COLUMNS",
    "model.layers.27.mlp.router.classifier.weight, WHOLE",
    "model.layers.27.mlp.router.e_score_correction_bias, WHOLE",
    "model.layers.27.mlp.experts.511.gate_proj.weight, EXPERT_ROWS",
    "model.layers.27.mlp.experts.0.up_proj.weight_scale_inv, EXPERT_ROWS",
    "model.layers.27.mlp.experts.0.down_proj.weight, EXPERT_COLUMNS",
    "model.mtp.layers.0.self_attn.q_a_proj.weight_scale_inv, LOW_RANK_ROWS",
    "model.mtp.layers.0.self_attn.o_proj.weight, HEAD_COLUMNS",
    "model.mtp.layers.0.self_attn.kv_b_proj.weight, HEAD_ROWS",
    "model.mtp.layers.0.transformer_layer.mlp.up_proj.weight, WIDTH_ROWS",
    "model.mtp.layers.0.transformer_layer.mlp.down_proj.weight, WIDTH_COLUMNS",
    "model.mtp.layers.0.eh_proj.weight, WHOLE",
    "model.mtp.layers.0.enorm.m.weight, WHOLE"
  })
  void everyTensorHasItsCut(String name, Cut cut) {
    assertThat(Cut.of(name)).isEqualTo(cut);
  }

  @Test
  void columnsAloneAreCopied() {
    for (Cut cut : Cut.values()) {
      assertThat(cut.isOfColumns()).isEqualTo(cut.name().endsWith("_COLUMNS"));
      assertThat(cut.isOfExpert()).isEqualTo(cut.name().startsWith("EXPERT_"));
    }
  }

  @Test
  void anExpertIsKnownByItsId() {
    assertThat(Cut.expert("model.layers.2.mlp.experts.37.down_proj.weight_scale")).hasValue(37);
    assertThat(Cut.expert("model.layers.2.mlps.1.down_proj.weight")).isEmpty();
  }

  @Test
  void checkpointsHaveTensorsOfEveryCut() {
    for (var checkpoint : new java.nio.file.Path[] {TestData.bf16(), TestData.fp8()}) {
      TreeSet<Cut> cuts = new TreeSet<>();
      Checkpoint.open(checkpoint).weights().names().forEach(name -> cuts.add(Cut.of(name)));
      assertThat(cuts).contains(Cut.HEAD_ROWS, Cut.WIDTH_COLUMNS, Cut.EXPERT_ROWS, Cut.WHOLE);
    }
  }
}
