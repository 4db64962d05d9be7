package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.cli.bench.BenchCommand;
import io.longcat4j.model.LanguageModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchCommandTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "floors",
        "layer",
        "model",
        "pull",
        "ranks",
        "serving",
        "vocoder",
        "codec",
        "numerics",
        "all",
        "make-checkpoint"
      })
  void every_measurement_has_its_own_help(String measurement) {
    CommandRun run = CommandRun.of("bench", measurement, "--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("Usage: longcat bench " + measurement);
  }

  @ParameterizedTest
  @ValueSource(strings = {"layer", "model", "all"})
  void numerics_are_an_option_of_what_computes(String measurement) {
    assertThat(CommandRun.of("bench", measurement, "--help").out()).contains("--numerics=NAME");
    CommandRun wrong = CommandRun.of("bench", measurement, "--numerics", "int2");
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.err()).contains("--numerics").contains("EXACT, BF16, FP8");
  }

  @Test
  void nothing_to_measure_is_a_usage_error() {
    CommandRun run = CommandRun.of("bench");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains(
            "floors, layer, ",
            "attention",
            "load",
            "pull",
            "serving",
            "ranks",
            "codec",
            "chart",
            "all");
  }

  @Test
  void everything_needs_a_tokenizer_before_anything_is_measured() {
    StringWriter err = new StringWriter();
    PrintWriter sink = new PrintWriter(err, true);
    int code =
        BenchCommand.commandLine(sink, sink, Optional.empty(), Optional.empty())
            .setErr(sink)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute("all", "--dir", folder.toString());
    assertThat(code).isNotZero();
    assertThat(err.toString()).contains("the measurements need the tokenizer");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void make_checkpoint_writes_the_preset_with_other_sizes_and_a_tokenizer() {
    Path directory = folder.resolve("made");
    CommandRun run =
        CommandRun.of(
            "bench",
            "make-checkpoint",
            directory,
            "--preset",
            "tiny",
            "--format",
            "fp8",
            "--layers",
            "2",
            "--mtp");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).startsWith("wrote " + directory);
    Checkpoint checkpoint = Checkpoint.open(directory);
    assertThat(checkpoint.model().numLayers()).isEqualTo(2);
    assertThat(checkpoint.model().fp8Block()).isPresent();
    assertThat(LanguageModel.canDraft(checkpoint.weights())).isTrue();
    assertThat(Files.exists(directory.resolve("tokenizer.json"))).isTrue();
  }

  @Test
  void a_checkpoint_of_holes_is_made_and_opened() {
    Path holes = folder.resolve("holes");
    CommandRun made =
        CommandRun.of(
            "bench",
            "make-checkpoint",
            holes,
            "--preset=published-holes",
            "--layers=1",
            "--experts=16",
            "--zero-experts=8");
    assertThat(made.err()).isEmpty();
    assertThat(made.out()).contains("holes of 4.");
    CommandRun run = CommandRun.of("bench", "load", holes, "--context", "64");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("mapped files in memory afterwards", "of processors)");
  }

  @Test
  void an_unknown_preset_is_a_user_error() {
    CommandRun run = CommandRun.of("bench", "make-checkpoint", folder, "--preset", "9b");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("there is no preset 9b; pass --preset 1.2b, layer, tiny or published-holes");
  }
}
