package io.longcat4j.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.checkpoint.ConfigFile;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PostPoolingTest {
  private static final Grid LARGE = new Grid(54, 108);

  private final PostPooling pooling = pooling(2000);

  private static PostPooling pooling(int maxTokensVideo) {
    return new PostPooling(
        VisionConfigReader.read(
            ConfigFile.of(
                "config.json",
                Map.of("min_tokens_video", 16, "max_tokens_video", maxTokensVideo))));
  }

  @Test
  void leaves_a_request_within_the_budget_alone() {
    assertThat(pooling.compressRatio(List.of(new Grid(50, 80)))).isEqualTo(1.0);
    assertThat(pooling.compressRatio(List.of())).isEqualTo(1.0);
    assertThat(pooling.resized(LARGE, 1.0)).isEqualTo(LARGE);
  }

  @Test
  void divides_the_tokens_of_all_pictures_by_the_budget() {
    assertThat(pooling.compressRatio(List.of(new Grid(50, 80), new Grid(50, 40)))).isEqualTo(1.5);
  }

  @Test
  void rounds_the_ratio_up_to_a_tenth_where_the_context_is_the_limit() {
    assertThat(pooling(100_000).compressRatio(Collections.nCopies(11, LARGE))).isEqualTo(1.2);
  }

  @Test
  void keeps_a_pair_of_patches_however_small_the_share() {
    assertThat(pooling.resized(new Grid(2, 2), 100).tokens()).isPositive();
  }

  @Property(tries = 100)
  void keeps_equal_rows_equal(
      @ForAll @IntRange(min = 1, max = 12) int rows,
      @ForAll @IntRange(min = 1, max = 12) int columns,
      @ForAll @IntRange(min = 1, max = 12) int toRows,
      @ForAll @IntRange(min = 1, max = 12) int toColumns) {
    Grid from = new Grid(rows, 2 * columns);
    Grid to = new Grid(toRows, 2 * toColumns);
    float[] values = new float[from.tokens() * 2];
    Arrays.fill(values, 0.75f);

    Matrix pooled = pooling.pool(new Matrix(from.tokens(), 2, values), from, to);

    assertThat(pooled.rows()).isEqualTo(to.tokens());
    assertThat(pooled.values()).containsOnly(new float[] {0.75f}, within(1e-6f));
  }

  @Test
  void halves_a_grid_by_averaging_neighbours() {
    Matrix pooled =
        pooling.pool(new Matrix(4, 1, new float[] {0, 2, 4, 10}), new Grid(2, 4), new Grid(1, 2));

    assertThat(pooled.values()).containsExactly(4f);
  }
}
