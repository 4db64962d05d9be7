package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longcat4j.Backend;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerBenchTest {
  private static final Machine MACHINE = new Machine("a processor", 2, 25L << 30, "avx2", "Linux");
  private static final Floors FLOORS = new Floors(2, 30e9, 300e9, 150e9);

  @TempDir Path folder;

  @Test
  void a_random_router_picks_the_published_mix() {
    ModelSizes sizes = new ModelSizes(1, 512, 64, 64, 32, 2, 32, 32, 16, 16, 16, 64, 32, 12);
    new CheckpointGenerator(sizes, WeightFormat.BF16, 1).write(folder, Optional.empty());
    try (ComputeBackend backend = reference();
        LayerRunner runner = new LayerRunner(Checkpoint.open(folder), backend, 256)) {
      runner.prefill(256);
      assertThat(runner.realExperts()).isBetween(7.4, 8.6);
    }
    assertThat(sizes.expectedRealExperts()).isEqualTo(8);
    assertThat(ModelSizes.published().expectedRealExperts()).isEqualTo(8);
  }

  @Test
  void every_part_of_a_layer_is_measured_and_the_results_stay_the_same() {
    new CheckpointGenerator(ModelSizes.tinyLayer(), WeightFormat.BF16, 1)
        .write(folder, Optional.empty());
    Checkpoint checkpoint = Checkpoint.open(folder);
    OperationClock clock = new OperationClock();
    try (ComputeBackend backend = reference();
        LayerRunner plain = new LayerRunner(checkpoint, backend, 4);
        LayerRunner measured = new LayerRunner(checkpoint, clock.wrap(backend), 4)) {
      clock.reset();
      assertThat(measured.logits(3)).containsExactly(plain.logits(3));
      assertThat(clock.seconds(1).keySet())
          .contains(
              Part.ATTENTION,
              Part.CACHE,
              Part.DENSE,
              Part.ROUTER,
              Part.EXPERTS,
              Part.HEAD,
              Part.OTHER);
    }
  }

  @Test
  void a_failure_of_the_backend_reaches_the_caller_unwrapped() {
    ComputeBackend measured = new OperationClock().wrap(reference());
    assertThatThrownBy(() -> measured.allocate(-1, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_run_gives_a_table_row_and_a_figure_for_everything_asked() throws Exception {
    LayerBench.Options options =
        new LayerBench.Options(
            WeightFormat.FP8,
            ModelSizes.tinyLayer(),
            List.of(1, 6),
            List.of(4),
            2,
            1,
            Backend.reference(),
            OptionalInt.of(1),
            folder);
    List<String> progress = new ArrayList<>();
    BenchReport report = new LayerBench(options, progress::add, threads -> FLOORS).run();
    assertThat(progress).contains("decode at context 6 ...", "prefill of 4 ...");
    assertThat(report.text(true)).contains("| context | median |", "| 6 |", "| 4 |", "share");
    JsonNode figures = json(report).get("figures");
    assertThat(figures.get("decode_6").get("median_ms").asDouble()).isPositive();
    assertThat(figures.get("decode_6").get("share_of_read").asDouble()).isPositive();
    assertThat(figures.get("prefill_4").get("gflop_per_s").asDouble()).isPositive();
    assertThat(figures.get("heap_bytes_per_token").asDouble()).isPositive();
  }

  @Test
  void more_experts_than_memory_holds_are_refused() {
    LayerBench.Options options =
        new LayerBench.Options(
            WeightFormat.BF16,
            ModelSizes.publishedLayer(1_000_000),
            List.of(1),
            List.of(),
            1,
            1,
            Backend.reference(),
            OptionalInt.of(1),
            folder);
    assertThatThrownBy(() -> new LayerBench(options, line -> {}).run())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("pass fewer --experts than 1000000");
  }

  @Test
  void floors_are_measured_where_there_is_native_code() {
    assumeTrue(Floors.isAvailable(), "built without native code");
    Floors floors = Floors.measure(2, 1 << 24, 1);
    assertThat(floors.readBytesPerSecond()).isGreaterThan(1e8);
    assertThat(floors.productFlopsPerSecond()).isNotNegative();
  }

  @Test
  void the_projection_counts_all_layers_and_the_head() {
    new CheckpointGenerator(ModelSizes.tinyLayer(), WeightFormat.BF16, 1)
        .write(folder, Optional.empty());
    Checkpoint checkpoint = Checkpoint.open(folder);
    TokenCost cost = TokenCost.of(checkpoint.model(), checkpoint.weights());
    double bytes = cost.decodeBytes(8, 1);
    LayerBench.Decode atTheFloor =
        new LayerBench.Decode(
            1, new Sample(new double[] {bytes / FLOORS.readBytesPerSecond()}), 8, Map.of());
    LayerReport report =
        new LayerReport(
            new LayerBench.Options(
                WeightFormat.BF16,
                ModelSizes.tinyLayer(),
                List.of(1),
                List.of(),
                1,
                1,
                Backend.reference(),
                OptionalInt.of(1),
                folder),
            "reference",
            FLOORS,
            cost,
            List.of(atTheFloor),
            List.of(),
            new LayerBench.Overhead(1e-5, 100));
    double head = 131_072.0 * 6144 * 2;
    assertThat(report.projectedSeconds(atTheFloor, 1e9))
        .isCloseTo((28 * bytes + head) / 1e9, within(1e-9));
  }

  @Test
  void a_history_line_is_one_line_of_json_that_names_no_host() throws Exception {
    String line =
        BenchReport.of(FLOORS)
            .jsonLine(
                new BenchReport.Origin("abc123", "bench floors", "shared"),
                MACHINE,
                Instant.parse("2026-01-02T03:04:05.678Z"));
    assertThat(line).doesNotContain("\n");
    JsonNode json = JsonMapper.builder().build().readTree(line);
    assertThat(json.get("time").asText()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(json.get("commit").asText()).isEqualTo("abc123");
    assertThat(json.get("floors").get("read_gb_per_s").asDouble()).isEqualTo(30);
    assertThat(json.get("machine").fieldNames())
        .toIterable()
        .containsExactly("processor", "cores", "memory_gb", "extensions", "system");
  }

  private static JsonNode json(BenchReport report) throws Exception {
    String line =
        report.jsonLine(new BenchReport.Origin("c", "x", ""), MACHINE, Instant.ofEpochSecond(0));
    return JsonMapper.builder().build().readTree(line);
  }

  private static ComputeBackend reference() {
    return BackendSelection.onClassPath().open(Backend.reference(), OptionalInt.of(1));
  }
}
