package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longcat4j.Backend;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Numerics;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("once")
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
      assertThat(clock.seconds().keySet())
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
  void what_happens_between_operations_counts_for_no_part() {
    new CheckpointGenerator(ModelSizes.tinyLayer(), WeightFormat.BF16, 1)
        .write(folder, Optional.empty());
    OperationClock clock = new OperationClock();
    List<Integer> calls = new ArrayList<>();
    try (ComputeBackend backend = reference();
        LayerRunner runner = new LayerRunner(Checkpoint.open(folder), clock.wrap(backend), 4)) {
      clock.reset();
      clock.between(() -> calls.add(clock.seconds().size()), 0);
      double whole = runner.prefill(4);
      assertThat(calls).hasSizeGreaterThan(10);
      double parts = clock.seconds().values().stream().mapToDouble(s -> s).sum();
      assertThat(parts + clock.pausedSeconds()).isGreaterThan(0);
      assertThat(clock.pausedSeconds()).isPositive();
      assertThat(whole).isGreaterThan(0);
      int before = calls.size();
      clock.between(null, 0);
      runner.prefill(1);
      assertThat(calls).hasSize(before);
    }
  }

  @Test
  void floors_are_told_as_median_best_and_mean() {
    List<Floors> samples =
        List.of(new Floors(2, 1, 30, 5), new Floors(2, 3, 10, 5), new Floors(2, 8, 20, 5));
    assertThat(Floors.median(samples)).isEqualTo(new Floors(2, 3, 20, 5));
    assertThat(Floors.best(samples)).isEqualTo(new Floors(2, 8, 30, 5));
    assertThat(Floors.mean(samples)).isEqualTo(new Floors(2, 4, 20, 5));
  }

  @Test
  void shares_are_medians_over_tokens_and_parts_are_sums() {
    new CheckpointGenerator(ModelSizes.tinyLayer(), WeightFormat.BF16, 1)
        .write(folder, Optional.empty());
    Checkpoint checkpoint = Checkpoint.open(folder);
    TokenCost cost = TokenCost.of(checkpoint.model(), checkpoint.weights());
    double bytes = cost.decodeBytes(8, 1);
    double dense = cost.partBytes(Part.DENSE, 8, 1);
    Floors slow = new Floors(2, bytes, 1, 1);
    Floors fast = new Floors(2, 2 * bytes, 1, 1);
    Decode decode =
        new Decode(
            1,
            List.of(
                new Decode.Token(2, 8, slow, Map.of(Part.DENSE, 1.0)),
                new Decode.Token(1, 8, fast, Map.of(Part.DENSE, 0.5)),
                new Decode.Token(100, 8, slow, Map.of(Part.DENSE, 4.5))));
    assertThat(decode.share(cost)).isCloseTo(0.5, within(1e-9));
    assertThat(decode.partShare(Part.DENSE, cost))
        .isCloseTo((1 + 0.5 + 1) * dense / bytes / 6, within(1e-9));
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
            List.of(WeightFormat.FP8, WeightFormat.INT4),
            ModelSizes.tinyLayer(),
            List.of(1, 6),
            List.of(4),
            2,
            1,
            Backend.reference(),
            OptionalInt.of(1),
            Numerics.EXACT,
            folder);
    List<String> progress = new ArrayList<>();
    BenchReport report = new LayerBench(options, progress::add).run(threads -> () -> FLOORS);
    assertThat(progress).contains("decode at context 6 ...", "prefill of 4 ...");
    assertThat(report.text(true)).contains("| context | median |", "| 6 |", "| 4 |", "share");
    assertThat(report.text(true))
        .contains("decode at context 1, INT4: share of the read floor | >= 60.0 %");
    JsonNode figures = json(report).get("figures").get("FP8");
    assertThat(json(report).get("figures").get("bars").get("int4_over_fp8").asDouble())
        .isPositive();
    assertThat(figures.get("decode_6").get("median_ms").asDouble()).isPositive();
    assertThat(figures.get("decode_6").get("share_of_read").asDouble()).isPositive();
    JsonNode prefill = figures.get("prefill_4");
    assertThat(prefill.get("gflop_per_s").asDouble()).isPositive();
    assertThat(prefill.get("share_of_faster_peak").asDouble())
        .isEqualTo(prefill.get("share_of_f32_peak").asDouble());
    assertThat(figures.get("heap_bytes_per_token").asDouble()).isPositive();
  }

  @Test
  void the_layer_computes_in_the_numerics_that_are_asked_for() throws Exception {
    LayerBench.Options options =
        new LayerBench.Options(
            List.of(WeightFormat.BF16),
            ModelSizes.tinyLayer(),
            List.of(),
            List.of(4),
            1,
            1,
            Backend.cpu(),
            OptionalInt.of(1),
            Numerics.BF16,
            folder);
    BenchReport report = new LayerBench(options, line -> {}).run(threads -> () -> FLOORS);
    assertThat(json(report).get("figures").get("BF16").get("backend").asText())
        .contains("BF16 numerics");
  }

  @Test
  void more_experts_than_memory_holds_are_refused() {
    LayerBench.Options options =
        new LayerBench.Options(
            List.of(WeightFormat.BF16),
            ModelSizes.publishedLayer(1_000_000),
            List.of(1),
            List.of(),
            1,
            1,
            Backend.reference(),
            OptionalInt.of(1),
            Numerics.EXACT,
            folder);
    assertThatThrownBy(() -> new LayerBench(options, line -> {}).run())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("pass fewer --experts than 1000000");
  }

  @Test
  void floors_are_measured_where_there_is_native_code() {
    assumeTrue(FloorMeter.isAvailable(), "built without native code");
    try (FloorMeter meter = FloorMeter.open(2, 1 << 24, 1 << 22, 1000)) {
      for (int part = 0; part < 5; part++) {
        Floors floors = meter.sample();
        assertThat(floors.readBytesPerSecond()).isPositive();
        assertThat(floors.f32FlopsPerSecond()).isNotNegative();
        assertThat(floors.bf16FlopsPerSecond()).isNotNegative();
      }
    }
  }

  @Test
  void the_projection_counts_all_layers_and_the_head() {
    new CheckpointGenerator(ModelSizes.tinyLayer(), WeightFormat.BF16, 1)
        .write(folder, Optional.empty());
    Checkpoint checkpoint = Checkpoint.open(folder);
    TokenCost cost = TokenCost.of(checkpoint.model(), checkpoint.weights());
    double bytes = cost.decodeBytes(8, 1);
    Decode atTheFloor =
        new Decode(
            1,
            List.of(
                new Decode.Token(bytes / FLOORS.readBytesPerSecond(), 8, FLOORS, Map.of()),
                new Decode.Token(bytes / 1e9, 8, new Floors(2, 1e9, 1e9, 1e9), Map.of())));
    LayerReport report =
        new LayerReport(
            WeightFormat.BF16,
            ModelSizes.tinyLayer(),
            "reference",
            cost,
            List.of(atTheFloor),
            List.of(),
            new LayerBench.Overhead(1e-5, 100, List.of(new HostTime.At(131_072, 28, 900, 2.5e-4))));
    assertThat(atTheFloor.share(cost)).isCloseTo(1, within(1e-9));
    double head = 131_072.0 * 6144 * 2;
    assertThat(report.projectedSeconds(atTheFloor, 1e9))
        .isCloseTo((28 * bytes + head) / 1e9, within(1e-9));
  }

  @Test
  void a_history_line_is_one_line_of_json_that_names_no_host() throws Exception {
    String line =
        report()
            .jsonLine(
                new BenchReport.Origin("abc123", "bench floors", "shared"),
                MACHINE,
                Instant.parse("2026-01-02T03:04:05.678Z"));
    assertThat(line).doesNotContain("\n");
    JsonNode json = JsonMapper.builder().build().readTree(line);
    assertThat(json.get("time").asText()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(json.get("commit").asText()).isEqualTo("abc123");
    assertThat(json.get("floors").get("median").get("read_gb_per_s").asDouble()).isEqualTo(30);
    assertThat(json.get("machine").fieldNames())
        .toIterable()
        .containsExactly("processor", "cores", "memory_gb", "extensions", "system");
  }

  private static BenchReport report() {
    try (FloorLog log = new FloorLog(() -> FLOORS)) {
      return new BenchReport(
          Optional.of(log.summary()), List.of(), JsonNodeFactory.instance.objectNode());
    }
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
