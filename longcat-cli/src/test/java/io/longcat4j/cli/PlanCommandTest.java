package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.longcat4j.CachePrecision;
import io.longcat4j.Experts;
import io.longcat4j.LongCat;
import io.longcat4j.Plan;
import io.longcat4j.RankPlan;
import io.longcat4j.Scheduling;
import io.longcat4j.benchmarks.ModelSizes;
import io.longcat4j.benchmarks.PublishedModel;
import io.longcat4j.benchmarks.WeightFormat;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.engine.RankPlanning;
import io.longcat4j.engine.WeightSize;
import io.longcat4j.testing.TestData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("once")
class PlanCommandTest {
  @Test
  void the_shipped_checkpoint_fits() throws Exception {
    Plan plan = LongCat.builder().model(TestData.bf16()).contextLength(1000).plan();
    long shards =
        Files.size(TestData.bf16().resolve("model_00001-of-00002.safetensors"))
            + Files.size(TestData.bf16().resolve("model_00002-of-00002.safetensors"));
    Path audio = TestData.bf16().resolve("audio");
    long speech =
        Files.size(audio.resolve("audio_embeddings.pt"))
            + Files.size(audio.resolve("audio_output_layers.pt"));
    assertThat(plan.weightBytes()).isBetween((shards + speech) * 95 / 100, shards + speech);
    assertThat(plan.encoderBytes()).isBetween(2_500_000L, 6_000_000L);
    assertThat(plan.cacheBytesPerPosition()).isEqualTo(2 * 2 * (64 + 16) * 4);
    assertThat(plan.contextLength()).isEqualTo(1000);
    assertThat(plan.cachePositions()).isBetween(1000, 8 * 1000);
    assertThat(plan.cacheBytes()).isEqualTo(plan.cachePositions() * plan.cacheBytesPerPosition());
    assertThat(plan.fits()).isTrue();

    CommandRun run = CommandRun.of("plan", "--model", TestData.bf16());
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).containsPattern("cache of \\d{6,} positions").contains("It fits.");
  }

  @Test
  void the_cache_is_what_scheduling_asks_for() {
    Scheduling small = Scheduling.builder().cacheBytes(64 * 1280 + 1).build();
    Plan plan = LongCat.builder().model(TestData.bf16()).scheduling(small).plan();
    assertThat(plan.cachePositions()).isEqualTo(64);
    assertThat(plan.contextLength()).isEqualTo(64);
    assertThat(plan.cacheBytes()).isEqualTo(64 * plan.cacheBytesPerPosition());
  }

  @Test
  void what_does_not_fit_says_what_would() {
    Plan longContext = new Plan(600, 100, 500, 2, 500, 1000);
    assertThat(longContext.fits()).isFalse();
    assertThat(longContext.describe())
        .contains("It fits with a cache of 150 positions: ask for cacheBytes(300) or less.");
    assertThat(new Plan(2000, 0, 1, 1, 1, 1000).describe()).contains("does not fit");
  }

  private static String[] cells(String line) {
    return line.split("\\|");
  }

  private static double number(String cell) {
    return Double.parseDouble(cell.replaceAll("[^0-9.]", ""));
  }

  private static CommandRun published(Object... more) {
    List<Object> words = new ArrayList<>(List.of("plan", "--published"));
    words.addAll(List.of(more));
    return CommandRun.of(words.toArray());
  }

  @Test
  void each_rank_of_a_checkpoint_is_told() {
    CommandRun run = CommandRun.of("plan", "--model", TestData.bf16(), "--ranks", 4);
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains(
            "rank 0 ", "rank 3 ", "12 sums and gathers over ranks", "Experts are whole", "It fits.")
        .doesNotContain("host 1");
    assertThat(CommandRun.of("plan", "--model", TestData.bf16(), "--ranks", 4, "--hosts", 2).out())
        .contains("host 1 in all");
    assertThat(
            CommandRun.of("plan", "--model", TestData.bf16(), "--ranks", 2, "--experts", "sliced")
                .out())
        .contains("Experts are sliced, as asked for.");
  }

  @Test
  void ranks_that_do_not_divide_are_user_errors() {
    CommandRun run = CommandRun.of("plan", "--model", TestData.bf16(), "--ranks", 3);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("num_attention_heads is 4, which 3 ranks do not divide");
  }

  @Test
  void the_published_model_has_563_GB_in_fp8_and_a_rank_of_four_a_quarter_of_what_is_cut() {
    ModelConfig config = PublishedModel.config(WeightFormat.FP8);
    List<WeightSize> weights = PublishedModel.weights(WeightFormat.FP8);
    Plan one = RankPlanning.onPaper(config, weights, 1, Experts.AUTO, CachePrecision.BF16);
    Plan four = RankPlanning.onPaper(config, weights, 4, Experts.AUTO, CachePrecision.BF16);
    assertThat(one.weightBytes()).isBetween(562_700_000_000L, 562_900_000_000L);
    long embedding = 2L * 131_072 * 6144;
    long low = 28L * 2 * (1536 + 576) * 6144; // FP8 of one byte.
    long router = 28L * 768 * 6144 * 4;
    long replicated = four.ranks().get(0).replicatedBytes();
    assertThat(replicated)
        .isBetween(embedding + low + router, embedding + low + router + 10_000_000);
    for (RankPlan rank : four.ranks()) {
      assertThat(rank.tableBytes()).isEqualTo(embedding);
      assertThat(rank.mappedBytes() + rank.copiedBytes())
          .isEqualTo((one.weightBytes() - replicated) / 4);
      long columns = 28L * 2 * (6144L * 8192 + 6144L * 12_288) / 4;
      assertThat(rank.copiedBytes()).isBetween(columns, columns * 1001 / 1000);
    }
    assertThat(four.sharing().collectives()).isEqualTo(112);
    assertThat(four.sharing().collectiveBytes()).isEqualTo(5L * 28 * 6144 * 4);
    assertThat(four.sharing().passes().get(0).better()).isEqualTo(Experts.SLICED);
  }

  @Test
  void
      a_pass_of_one_token_reads_28_GB_on_one_rank_and_the_fullest_of_eight_has_2_56_times_the_mean() {
    CommandRun run =
        published("--ranks", "1,8", "--bandwidth", 300, "--batch", "1,32", "--context", 1);
    List<String> rows = run.out().lines().skip(2).toList();
    assertThat(rows).hasSize(4);
    assertThat(number(cells(rows.get(0))[6])).isBetween(28.3e9 / 300e9 * 1e3, 28.4e9 / 300e9 * 1e3);
    assertThat(rows.get(2)).startsWith("| 8 | whole | 72.9 GB | 1 | 2.56 x |");
    assertThat(rows.get(3)).startsWith("| 8 | whole | 72.9 GB | 32 | 1.22 x |");
  }

  @Test
  void sliced_experts_are_even_and_read_less_for_one_token() {
    Object[] options = {"--ranks", "8", "--bandwidth", 300, "--batch", "1", "--context", 1};
    String whole = published(options).out().lines().skip(2).findFirst().orElseThrow();
    List<Object> more = new ArrayList<>(List.of(options));
    more.addAll(List.of("--experts", "sliced"));
    String sliced = published(more.toArray()).out().lines().skip(2).findFirst().orElseThrow();
    assertThat(sliced).startsWith("| 8 | sliced | 72.9 GB | 1 | 1.00 x |");
    assertThat(number(cells(sliced)[6])).isLessThan(number(cells(whole)[6]) * 0.8);
  }

  @Test
  void collectives_take_their_latency_and_their_bytes() {
    CommandRun run =
        published(
            "--ranks",
            "1,4",
            "--bandwidth",
            300,
            "--batch",
            "2",
            "--context",
            1,
            "--link-latency",
            100,
            "--link-bandwidth",
            1);
    List<String> rows = run.out().lines().skip(2).toList();
    assertThat(number(cells(rows.get(0))[7])).isZero();
    double bytes = 3 * 2 * (5.0 * 28 * 6144 * 4 + 131_072 / 4 * 4);
    assertThat(number(cells(rows.get(1))[7])).isCloseTo(113 * 0.1 + bytes / 1e6, within(0.01));
  }

  @Test
  void attention_reads_the_whole_cache_on_every_rank_and_arithmetic_counts_where_it_is_longer() {
    Object[] options = {
      "--ranks",
      "8",
      "--bandwidth",
      4800,
      "--batch",
      "1",
      "--context",
      "1,131072",
      "--cache",
      "bf16",
      "--link-latency",
      0.001,
      "--link-bandwidth",
      1000000
    };
    String[] reading = cells(published(options).out().lines().skip(2).findFirst().orElseThrow());
    double seconds = 1 / number(reading[9]) - 1 / number(reading[8]);
    assertThat(seconds).isCloseTo(131_071.0 * 576 * 2 * 56 / 4.8e12, withinPercentage(3));
    List<Object> more = new ArrayList<>(List.of(options));
    more.addAll(List.of("--teraflops", 10));
    String[] computing =
        cells(published(more.toArray()).out().lines().skip(2).findFirst().orElseThrow());
    double longer = 1 / number(computing[9]) - 1 / number(computing[8]);
    assertThat(longer).isCloseTo(131_071.0 * 2 * 1088 * 64 / 8 * 56 / 10e12, withinPercentage(3));
  }

  @Test
  void the_arithmetic_of_products_bounds_a_large_batch() {
    Object[] options = {
      "--ranks", "1", "--bandwidth", 1000000, "--batch", "64", "--context", 1, "--teraflops", 1
    };
    String row = published(options).out().lines().skip(2).findFirst().orElseThrow();
    double active = ModelSizes.published().activeParameters(8);
    assertThat(number(cells(row)[6]))
        .isCloseTo(64 * 2 * active / 1e12 * 1e3, withinPercentage(0.1));
  }

  @Test
  void what_does_not_fit_into_a_ranks_memory_has_no_figure() {
    CommandRun run =
        published(
            "--ranks",
            "4",
            "--bandwidth",
            300,
            "--batch",
            "1",
            "--context",
            "1,131072",
            "--memory",
            144);
    assertThat(run.out().lines().skip(2).findFirst().orElseThrow())
        .matches(".*\\| [0-9.]+ \\| - \\|");
  }

  @Test
  void a_checkpoint_has_its_speed_told_too() {
    CommandRun run =
        CommandRun.of(
            "plan", "--model", TestData.bf16(), "--ranks", 2, "--bandwidth", 300, "--batch", 1);
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("rank 1 ", "| 2 | whole | 0.0 GB | 1 | 1.");
  }

  @Test
  void wrong_combinations_are_refused_with_a_sentence() {
    assertThat(published().err()).contains("--published has no machine to fit into");
    assertThat(published("--model", "x", "--bandwidth", 1).err())
        .contains("--published tells of no checkpoint");
    assertThat(CommandRun.of("plan", "--format", "fp8").err())
        .contains("--format is that of the published sizes");
    assertThat(CommandRun.of("plan", "--bandwidth", 300).err())
        .contains("--bandwidth tells the speed of a large model");
    assertThat(CommandRun.of("plan", "--context", "1,2").err()).contains("--context has several");
    assertThat(published("--bandwidth", 0).err()).contains("--bandwidth is 0.0");
    assertThat(published("--bandwidth", "NaN").err()).contains("--bandwidth is NaN");
    assertThat(published("--bandwidth", 1, "--batch", "0").err()).contains("--batch is 0");
    assertThat(published("--bandwidth", 1, "--ranks", "0").err()).contains("has 0 ranks");
    assertThat(published("--bandwidth", 1, "--ranks", "3").exitCode()).isEqualTo(2);
  }
}
