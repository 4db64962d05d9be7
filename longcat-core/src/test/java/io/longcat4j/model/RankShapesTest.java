package io.longcat4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Experts;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.testing.PlannedModel;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RankShapesTest {
  private static ModelConfig config(Object... changes) {
    return PlannedModel.config(changes);
  }

  private static void assertRefused(ModelConfig config, int ranks, Experts experts, String what) {
    assertThat(RankShapes.divide(config, ranks, experts)).isFalse();
    assertThatThrownBy(() -> RankShapes.of(config, ranks, experts))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("config.json: " + what);
  }

  @Test
  void whatDoesNotDivideIsRefusedByNameWithTheNumbersThatDo() {
    assertRefused(config(), 3, Experts.AUTO, "num_attention_heads is 8, which 3 ranks do not");
    assertRefused(config(), 16, Experts.AUTO, "num_attention_heads is 8, so 16 ranks are more");
    assertRefused(
        config("ffn_hidden_size", 36), 8, Experts.AUTO, "ffn_hidden_size is 36, which 8 ranks");
    assertRefused(
        config("n_routed_experts", 12), 8, Experts.WHOLE, "n_routed_experts is 12, which 8");
    assertRefused(
        config("expert_ffn_hidden_size", 20), 8, Experts.SLICED, "expert_ffn_hidden_size is 20");
    assertRefused(
        config("n_routed_experts", 12, "expert_ffn_hidden_size", 20),
        8,
        Experts.AUTO,
        "n_routed_experts is 12");
    assertThatThrownBy(() -> RankShapes.of(config("n_routed_experts", 12), 8, Experts.WHOLE))
        .hasMessageEndingWith("numbers of ranks that do: 1, 2, 4");
  }

  @Test
  void threeRanksDoWhereEverythingDivides() {
    ModelConfig three =
        config("num_attention_heads", 6, "ffn_hidden_size", 48, "n_routed_experts", 15);
    assertThat(RankShapes.divide(three, 3, Experts.AUTO)).isTrue();
    assertThat(RankShapes.of(three, 3, Experts.AUTO).experts()).isEqualTo(Experts.WHOLE);
  }

  @Test
  void expertsAreWholeWhereTheyDivideAndSlicedElse() {
    assertThat(RankShapes.of(config(), 8, Experts.AUTO).experts()).isEqualTo(Experts.WHOLE);
    assertThat(RankShapes.of(config(), 8, Experts.SLICED).experts()).isEqualTo(Experts.SLICED);
    ModelConfig uneven = config("n_routed_experts", 12);
    assertThat(RankShapes.divide(uneven, 8, Experts.AUTO)).isTrue();
    assertThat(RankShapes.of(uneven, 8, Experts.AUTO).experts()).isEqualTo(Experts.SLICED);
  }

  @Test
  void theVocabularyMayBeUneven() {
    RankShapes shapes = RankShapes.of(config("vocab_size", 301), 4, Experts.AUTO);
    assertThat(java.util.stream.IntStream.rangeClosed(0, 4).map(shapes::vocabularyStart).toArray())
        .containsExactly(0, 75, 150, 225, 301);
  }

  @Test
  void wholeExpertsLieInRunsOfTheirIds() {
    RankShapes shapes = RankShapes.of(config(), 4, Experts.WHOLE);
    assertThat(java.util.stream.IntStream.range(0, 16).map(shapes::rankOf).toArray())
        .containsExactly(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
  }

  @Test
  void cutsThatFallIntoBlocksOfScalesAreToldAsRefined() {
    Map<String, ?> fp8 = PlannedModel.fp8(16);
    ModelConfig blocks = config("quantization_config", fp8, "expert_ffn_hidden_size", 64);
    assertThat(RankShapes.of(blocks, 1, Experts.AUTO).refined()).isEmpty();
    assertThat(RankShapes.of(blocks, 2, Experts.AUTO).refined())
        .containsExactly(
            "q_b_proj: a slice has 72 rows, which cuts into the 16 that share a scale; the scales"
                + " are refined");
    assertThat(RankShapes.of(blocks, 8, Experts.SLICED).refined())
        .extracting(note -> note.substring(0, note.indexOf(',')))
        .containsExactly(
            "q_b_proj: a slice has 18 rows",
            "kv_b_proj: a slice has 24 rows",
            "o_proj: a slice has 12 columns",
            "gate_proj and up_proj of dense networks: a slice has 8 rows",
            "down_proj of dense networks: a slice has 8 columns",
            "gate_proj and up_proj of experts: a slice has 8 rows",
            "down_proj of experts: a slice has 8 columns");
    assertThat(RankShapes.of(blocks, 8, Experts.WHOLE).refined())
        .noneMatch(note -> note.contains("of experts"));
  }

  @Test
  void rowsOfIntegersNeedNoRefinementButColumnsMay() {
    ModelConfig groups = config("quantization_config", PlannedModel.integers(8, 16));
    assertThat(RankShapes.of(groups, 8, Experts.SLICED).refined())
        .extracting(note -> note.substring(0, note.indexOf(':')))
        .containsExactly("o_proj", "down_proj of dense networks", "down_proj of experts");
    assertThat(RankShapes.of(groups, 4, Experts.WHOLE).refined())
        .extracting(note -> note.substring(0, note.indexOf(':')))
        .containsExactly("o_proj");
  }

  @Test
  void integersOfFourBitsNeedEvenColumns() {
    Object four = PlannedModel.integers(4, 16);
    assertRefused(
        config("quantization_config", four, "v_head_dim", 3),
        8,
        Experts.AUTO,
        "o_proj would have 3 columns on each of 8 ranks, but integers of 4 bits");
    assertRefused(
        config("quantization_config", four, "ffn_hidden_size", 40),
        8,
        Experts.AUTO,
        "down_proj of dense networks would have 5 columns");
    ModelConfig odd = config("quantization_config", four, "expert_ffn_hidden_size", 24);
    assertRefused(odd, 8, Experts.SLICED, "down_proj of experts would have 3 columns");
    assertThat(RankShapes.of(odd, 8, Experts.WHOLE).experts()).isEqualTo(Experts.WHOLE);
    Object eight = PlannedModel.integers(8, 16);
    assertThat(
            RankShapes.divide(
                config("quantization_config", eight, "v_head_dim", 3), 8, Experts.AUTO))
        .isTrue();
    assertThat(
            RankShapes.divide(
                config("quantization_config", four, "v_head_dim", 3), 1, Experts.AUTO))
        .isTrue();
  }
}
