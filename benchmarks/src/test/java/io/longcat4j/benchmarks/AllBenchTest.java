package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.longcat4j.Backend;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Numerics;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rounded numerics are known to the native backend alone. */
@Tag("once")
class AllBenchTest {
  private static final Backend CPU = new Backend("cpu");
  private static final Floors FLOORS = new Floors(1, 30e9, 300e9, 150e9);

  @TempDir Path folder;
  private Path checkpoint = Path.of("");

  @BeforeEach
  void generate() {
    try (ComputeBackend backend =
        BackendSelection.onClassPath().open(Backend.auto(), OptionalInt.of(1))) {
      assumeTrue(backend.name().equals("cpu"), "needs the native kernels");
    }
    checkpoint = folder.resolve("model");
    ServingBenchTest.write(checkpoint);
  }

  @Test
  void rounded_numerics_are_near_exact_ones_but_not_the_same() {
    BenchReport report = new NumericsBench(numerics(20), line -> {}).run();
    JsonNode figures = report.figures().get("model");
    assertThat(figures.get("positions").asInt()).isEqualTo(24);
    assertThat(figures.get("mean_kl").asDouble()).isBetween(1e-9, 1e-2);
    assertThat(figures.get("top1_agreement").asDouble()).isBetween(0.7, 1.0);
    assertThat(report.text(true)).doesNotContain("streaming read").contains("| model | 24 |");
  }

  @Test
  void one_run_tells_of_every_promise() throws Exception {
    // In the place of Python: writes the line that compare.py writes.
    Path python =
        Files.createFile(
            folder.resolve("python"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(
        python,
        """
        #!/bin/sh
        for word in "$@"; do case $word in --json=*) file=${word#--json=};; esac; done
        case "$*" in *--numerics=exact*) ;; *) exit 1;; esac
        echo '{"figures": {"torch": "2.0",
          "pp4": {"transformers_tokens_per_s": 10.0, "longcat4j_tokens_per_s": 16.0},
          "tg3": {"transformers_tokens_per_s": 2.0, "longcat4j_tokens_per_s": 5.0}}}' > "$file"
        """);
    BenchReport report = new AllBench(options(python), line -> {}).run(threads -> () -> FLOORS);
    JsonNode bars = report.figures().get("bars");
    assertThat(bars.get("tg_ratio").asDouble()).isEqualTo(2.5);
    assertThat(bars.get("pp_ratio").asDouble()).isEqualTo(1.6);
    assertThat(bars.get("decode_FP8").asDouble()).isPositive();
    assertThat(bars.get("throughput").asDouble())
        .isEqualTo(report.figures().get("serving").get("throughput_ratio").asDouble());
    assertThat(bars.get("vocoder").asDouble())
        .isEqualTo(report.figures().at("/serving/vocoder/push_6/share_of_f32_peak").asDouble());
    assertThat(bars.get("heap_model").asDouble())
        .isEqualTo(report.figures().get("model").get("heap_bytes_per_token").asDouble());
    assertThat(report.figures().fieldNames())
        .toIterable()
        .containsExactly("bars", "model", "transformers", "numerics", "serving", "FP8");
    assertThat(report.text(true))
        .contains("| generation over transformers, BF16 | >= 3.00 x | 2.50 x | no |")
        .contains("| prompt over transformers, BF16 | >= 1.50 x | 1.60 x | yes |");
  }

  @Test
  void a_comparison_that_fails_is_told_with_its_command() {
    assertThatThrownBy(
            () ->
                new AllBench(options(Path.of("/bin/false")), line -> {})
                    .run(threads -> () -> FLOORS))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("/bin/false")
        .hasMessageContaining("--tg=3");
  }

  private NumericsBench.Options numerics(int positions) {
    return new NumericsBench.Options(
        List.of(checkpoint), Numerics.BF16, positions, 8, CPU, OptionalInt.of(1));
  }

  private AllBench.Options options(Path python) {
    return new AllBench.Options(
        new ModelBench.Options(checkpoint, 4, 3, 1, CPU, OptionalInt.of(1)),
        new LayerBench.Options(
            List.of(WeightFormat.FP8),
            ModelSizes.tinyLayer(),
            List.of(1),
            List.of(),
            2,
            1,
            CPU,
            OptionalInt.of(1),
            Numerics.EXACT,
            folder.resolve("layers")),
        ServingBenchTest.options(checkpoint, CPU),
        numerics(8),
        Optional.of(python),
        folder.resolve("compare.py"),
        1);
  }
}
