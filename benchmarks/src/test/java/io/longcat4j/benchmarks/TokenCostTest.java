package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenCostTest {
  private static final ModelSizes SIZES =
      new ModelSizes(1, 64, 128, 256, 128, 2, 64, 32, 16, 8, 24, 16, 8, 6);
  private static final double ATTENTION =
      64 * 128 + 2 * 24 * 64 + 40 * 128 + 2 * 40 * 32 + 128 * 48.0;
  private static final double DENSE = 3 * 128 * 256.0;
  private static final double EXPERT = 3 * 128 * 128.0;
  private static final double ROUTER = 24 * 128.0;

  @TempDir Path folder;

  @Test
  void a_token_reads_its_weights_its_experts_and_the_cache_of_both_attention_blocks() {
    double norms = 2 * (4.0 * 128 + 2 * (64 + 32));
    double routerBytes = 4 * (ROUTER + 24);
    double weights = 2 * (2 * ATTENTION + 2 * DENSE + 4 * EXPERT) + norms + 2 * 128;
    double cache = 2 * 10 * (32 + 8) * 4.0;
    assertThat(cost(WeightFormat.BF16).decodeBytes(4, 10)).isEqualTo(weights + routerBytes + cache);
  }

  @Test
  void fp8_halves_the_matrices_and_adds_their_scales() {
    double bf16 = cost(WeightFormat.BF16).partBytes(Part.EXPERTS, 4, 1);
    double fp8 = cost(WeightFormat.FP8).partBytes(Part.EXPERTS, 4, 1);
    assertThat(fp8).isEqualTo(bf16 / 2 + 4 * 3 * 4);
  }

  @Test
  void a_prompt_multiplies_every_row_with_every_active_weight_and_sees_what_is_before_it() {
    int rows = 5;
    double products = 2 * rows * (2 * ATTENTION + 2 * DENSE + ROUTER + 4 * EXPERT);
    double pairs = 15;
    double attention = 2 * 2 * pairs * 2 * (16 + 8 + 24);
    assertThat(cost(WeightFormat.BF16).prefillFlops(rows, 4)).isEqualTo(products + attention);
  }

  @Test
  void attention_over_the_cache_grows_with_the_context() {
    TokenCost cost = cost(WeightFormat.BF16);
    double perPosition = 2 * 2 * 2 * (32 + 8 + 32.0);
    assertThat(cost.attentionFlops(11) - cost.attentionFlops(10)).isEqualTo(perPosition);
    assertThat(cost.attentionBytes(11) - cost.attentionBytes(10)).isEqualTo(2 * 40 * 4.0);
  }

  @Test
  void the_parts_add_up_to_the_token() {
    TokenCost cost = cost(WeightFormat.FP8);
    double parts = 0;
    for (Part part : Part.values()) {
      parts += part == Part.HEAD ? 0 : cost.partBytes(part, 3.5, 7);
    }
    assertThat(parts).isCloseTo(cost.decodeBytes(3.5, 7), within(1e-6));
  }

  @Test
  void the_published_model_has_the_published_number_of_parameters() {
    ModelSizes published = ModelSizes.published();
    assertThat(published.parameters() / 1e9).isBetween(555.0, 565.0);
    assertThat(published.activeParameters(published.expectedRealExperts()) / 1e9)
        .isBetween(26.0, 28.0);
  }

  @Test
  void the_small_model_has_the_promised_number_of_parameters() {
    ModelSizes small = ModelSizes.small();
    assertThat(small.parameters() / 1e9).isBetween(1.15, 1.25);
    assertThat(small.activeParameters(small.expectedRealExperts()) / 1e9).isBetween(0.33, 0.37);
  }

  @Test
  void parameters_are_what_a_generated_checkpoint_holds() {
    CheckpointGenerator generator = new CheckpointGenerator(SIZES, WeightFormat.BF16, 1);
    long routerExtra = 2L * 24 * 129;
    assertThat(generator.bytes()).isEqualTo(2 * SIZES.parameters() + routerExtra);
  }

  private TokenCost cost(WeightFormat format) {
    new CheckpointGenerator(SIZES, format, 1)
        .write(folder.resolve(format.name()), Optional.empty());
    Checkpoint checkpoint = Checkpoint.open(folder.resolve(format.name()));
    return TokenCost.of(checkpoint.model(), checkpoint.weights());
  }
}
