package io.longcat4j.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.longcat4j.Backend;
import io.longcat4j.Numerics;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.cli.verify.Line.Status;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.testing.TestData;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("once")
class StagesTest {
  @TempDir Path empty;

  static Stream<Path> checkpoints() {
    return Stream.of(TestData.bf16(), TestData.fp8());
  }

  @ParameterizedTest
  @MethodSource("checkpoints")
  void every_stage_gives_the_golden_numbers(Path checkpoint) {
    List<Stage> stages = Stages.all(target(checkpoint, TestData.media("")));
    Report report = Verifier.verify(Golden.open(TestData.golden(checkpoint)), stages);
    assertThat(report.failures()).isEmpty();
    assertThat(report.lines())
        .filteredOn(line -> stages.stream().anyMatch(stage -> stage.covers(line.name())))
        .hasSizeGreaterThan(50)
        .allSatisfy(line -> assertThat(line.status()).isIn(Status.OK, Status.INPUT));
  }

  static Stream<Arguments> rounded() {
    return Stream.of(
        arguments(TestData.bf16(), Numerics.BF16),
        arguments(TestData.fp8(), Numerics.BF16),
        arguments(TestData.fp8(), Numerics.FP8));
  }

  @ParameterizedTest
  @MethodSource("rounded")
  void rounded_numerics_differ_only_as_they_may(Path checkpoint, Numerics numerics) {
    try (ComputeBackend backend =
        BackendSelection.onClassPath().open(Backend.auto(), OptionalInt.of(1))) {
      assumeTrue(backend.name().equals("cpu"), "needs the native kernels");
    }
    Target target = new Target(checkpoint, TestData.media(""), new Backend("cpu"), numerics, 2);
    Report report =
        Verifier.verify(
            Golden.open(TestData.golden(checkpoint)),
            Stages.all(target),
            numerics,
            (name, values) -> {});
    assertThat(report.failures()).isEmpty();
    assertThat(report.lines()).filteredOn(line -> line.status().isFailure()).isEmpty();
    assertThat(line(report, "llm.layer_outputs").status()).isEqualTo(Status.OK);
    assertThat(line(report, "llm.logits").status()).isEqualTo(Status.OK);
  }

  @Test
  void every_stage_compares_something() {
    List<Stage> stages = Stages.all(target(TestData.bf16(), TestData.media("")));
    Report report = Verifier.verify(Golden.open(TestData.golden(TestData.bf16())), stages);
    for (Stage stage : stages) {
      assertThat(report.lines())
          .filteredOn(line -> stage.covers(line.name()))
          .extracting(Line::status)
          .contains(Status.OK);
    }
  }

  @Test
  void numbers_of_another_checkpoint_fail() {
    Golden other = Golden.open(TestData.golden(TestData.bf16()));
    List<Stage> stages = Stages.all(target(TestData.fp8(), TestData.media("")));
    Report report = Verifier.verify(other, stages);
    assertThat(failed(report))
        .contains(
            "vision.photo_533x377.encoder",
            "video.embeddings",
            "audio.audio_case.embeddings",
            "codec.waveform",
            "speech.waveform",
            "speech_generation.wave_samples");
  }

  @Test
  void missing_media_are_named_and_the_other_stages_run() {
    List<Stage> stages = Stages.all(target(TestData.bf16(), empty));
    Report report = Verifier.verify(Golden.open(TestData.golden(TestData.bf16())), stages);
    assertThat(report.failures())
        .hasSize(2)
        .allMatch(failure -> failure.contains("pass its directory with --media"));
    assertThat(line(report, "vision.photo_533x377.encoder").status()).isEqualTo(Status.MISSING);
    assertThat(line(report, "codec.waveform").status()).isEqualTo(Status.OK);
  }

  @Test
  void tensors_with_names_of_no_stage_are_missing_or_not_checked() {
    Golden golden = Golden.open(TestData.golden(TestData.bf16()));
    TensorSource more = new Renamed(golden.tensors(), "codec.waveform", "codec.waveform_at_48_khz");
    List<Stage> stages =
        Stages.all(target(TestData.bf16(), TestData.media(""))).stream()
            .filter(stage -> stage.name().equals("codec"))
            .toList();
    Report report = Verifier.verify(Golden.of(more, golden.json()), stages);
    assertThat(line(report, "codec.waveform_at_48_khz").status()).isEqualTo(Status.MISSING);
    assertThat(line(report, "llm.logits").status()).isEqualTo(Status.NOT_CHECKED);
  }

  private static Target target(Path checkpoint, Path media) {
    return new Target(checkpoint, media, Backend.reference(), Numerics.EXACT, 2);
  }

  private static Set<String> failed(Report report) {
    return report.lines().stream()
        .filter(line -> line.status() == Status.FAILED)
        .map(Line::name)
        .collect(Collectors.toSet());
  }

  private static Line line(Report report, String name) {
    return report.lines().stream().filter(l -> l.name().equals(name)).findFirst().orElseThrow();
  }

  /** Gives one tensor another name. */
  private record Renamed(TensorSource tensors, String from, String to) implements TensorSource {
    @Override
    public String describe() {
      return tensors.describe();
    }

    @Override
    public Set<String> names() {
      return tensors.names().stream()
          .map(name -> name.equals(from) ? to : name)
          .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    @Override
    public Optional<StoredTensor> find(String name) {
      return name.equals(from) ? Optional.empty() : tensors.find(name.equals(to) ? from : name);
    }

    @Override
    public StoredTensor require(String name) {
      return find(name).orElseThrow();
    }
  }
}
