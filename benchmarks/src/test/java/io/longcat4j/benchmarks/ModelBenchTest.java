package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.longcat4j.Backend;
import io.longcat4j.Experts;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Numerics;
import io.longcat4j.Parallel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelBenchTest {
  @TempDir Path folder;

  @Test
  void a_run_measures_prompts_generation_loading_and_memory() {
    new CheckpointGenerator(ModelSizes.tinyLayer(), WeightFormat.BF16, 1)
        .write(folder, Optional.empty());
    ModelBench.Options options =
        new ModelBench.Options(folder, 5, 3, 2, Backend.reference(), OptionalInt.of(1));
    BenchReport report =
        new ModelBench(options, line -> {})
            .run(threads -> () -> new Floors(threads, 30e9, 3e11, 1e11));
    assertThat(report.text(true)).contains("| pp5 |", "| tg3 |", "| load |");
    assertThat(report.text(false)).contains("pp5", "tg3").doesNotContain("|");
    assertThat(report.figures().get("tg_tokens_per_s").asDouble()).isPositive();
    // Floors say that F32 is three times as fast.
    double share = report.figures().get("pp_share_of_bf16_peak").asDouble();
    assertThat(share).isPositive();
    assertThat(report.figures().get("pp_share_of_faster_peak").asDouble())
        .isCloseTo(share / 3, within(share / 100));
    assertThat(report.figures().get("real_experts").asDouble()).isBetween(4.0, 12.0);
  }

  @Test
  void a_model_computes_in_the_numerics_that_are_asked_for() {
    new CheckpointGenerator(ModelSizes.tinyLayer(), WeightFormat.BF16, 1)
        .write(folder, Optional.empty());
    ModelBench.Options options =
        new ModelBench.Options(
            folder,
            2,
            1,
            1,
            Backend.cpu(),
            OptionalInt.of(1),
            Numerics.BF16,
            Parallel.single(),
            Experts.AUTO);
    BenchReport report =
        new ModelBench(options, line -> {})
            .run(threads -> () -> new Floors(threads, 30e9, 3e11, 1e11));
    assertThat(report.figures().get("backend").asText()).contains("BF16 numerics");
  }

  @Test
  void nothing_to_measure_is_refused() {
    assertThatThrownBy(
            () -> new ModelBench.Options(folder, 0, 1, 1, Backend.auto(), OptionalInt.empty()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("pass at least 1");
  }

  @Test
  void a_sample_tells_its_median_its_best_and_the_spread_of_the_rates() {
    Sample sample = new Sample(new double[] {4, 1, 2, 2});
    assertThat(sample.median()).isEqualTo(2);
    assertThat(sample.best()).isEqualTo(1);
    assertThat(sample.mean()).isEqualTo(2.25);
    assertThat(sample.meanRate(4)).isEqualTo((1 + 4 + 2 + 2) / 4.0);
    assertThat(sample.rateDeviation(4))
        .isCloseTo(Math.sqrt((1.25 * 1.25 + 1.75 * 1.75 + 2 * 0.0625) / 3), within(1e-12));
    assertThat(new Sample(new double[] {3, 1, 2}).median()).isEqualTo(2);
    assertThatThrownBy(() -> new Sample(new double[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_percentile_is_the_smallest_number_that_the_share_is_not_above() {
    double[] hundred = IntStream.rangeClosed(1, 100).mapToDouble(i -> i).toArray();
    assertThat(new Sample(hundred).percentile(0.99)).isEqualTo(99);
    assertThat(new Sample(hundred).percentile(0)).isEqualTo(1);
    assertThat(new Sample(new double[] {3, 1, 2}).percentile(0.5)).isEqualTo(2);
    assertThat(new Sample(new double[] {3, 1, 2}).percentile(0.99)).isEqualTo(3);
  }

  @Test
  void tables_are_aligned_for_a_terminal_and_marked_up_for_a_document() {
    ResultTable table = new ResultTable("a", "long").row("first", "1").row("b", "22222");
    assertThat(table.text()).isEqualTo("a       long\nfirst      1\nb      22222");
    assertThat(table.markdown()).isEqualTo("| a | long |\n|---|---|\n| first | 1 |\n| b | 22222 |");
  }

  @Test
  void numbers_keep_four_digits() {
    assertThat(Figures.rounded(123456)).isEqualTo(123500);
    assertThat(Figures.rounded(0.00123449)).isEqualTo(0.001234);
    assertThat(Figures.rounded(Double.NaN)).isZero();
  }
}
