package io.longcat4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.benchmarks.DetectionBench.Echo;
import io.longcat4j.testing.TestData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the detection of speech to its bars on the labelled files. */
@Tag("once")
class DetectionBenchTest {
  private static final List<String> PROGRESS = new ArrayList<>();
  private static DetectionReport report;

  @BeforeAll
  static void measure() {
    report =
        new DetectionBench(
                new DetectionBench.Options(
                    TestData.file("speech"), List.of(8_000, 16_000, 48_000), List.of(0, 60)),
                PROGRESS::add)
            .measure();
  }

  @Test
  void no_utterance_is_missed_and_few_sounds_are_taken_for_speech_at_any_rate() {
    report
        .rates()
        .forEach(
            (rate, score) -> {
              assertThat(score.utterances()).isEqualTo(26);
              assertThat(score.missed()).as(rate + " Hz").isZero();
              assertThat(score.falseStarts()).as(rate + " Hz").isLessThanOrEqualTo(2);
              assertThat(score.startErrors().percentile(0.95))
                  .as(rate + " Hz")
                  .isLessThanOrEqualTo(rate < 16_000 ? 80 : 60);
              assertThat(Math.abs(score.starts().median())).as(rate + " Hz").isLessThan(16);
              assertThat(Math.abs(score.ends().median())).as(rate + " Hz").isLessThan(12);
              assertThat(score.endErrors().percentile(0.95))
                  .as(rate + " Hz")
                  .isLessThanOrEqualTo(60);
            });
  }

  @Test
  void turns_end_when_the_rule_says_so() {
    report
        .rules()
        .forEach(
            (name, score) -> {
              double asked = DetectionBench.rules().get(name).silence().toMillis();
              assertThat(score.missed()).as(name).isZero();
              assertThat(score.decided().median()).as(name).isBetween(asked - 8, asked + 8);
              assertThat(score.trueEnds()).as(name).isGreaterThanOrEqualTo(11);
            });
    assertThat(report.rules().get("eager").falseEnds()).isLessThanOrEqualTo(1);
    assertThat(report.rules().get("normal").falseEnds()).isZero();
    assertThat(report.rules().get("patient").falseEnds()).isZero();
  }

  @Test
  void what_an_echo_does_is_told_by_how_faint_it_is() {
    Echo loud = report.echoes().get(0);
    Echo faint = report.echoes().get(60);
    assertThat(loud.alone()).isEqualTo(loud.replies()).isEqualTo(6);
    assertThat(faint.alone()).isZero();
    assertThat(faint.spokenOver().missed()).isZero();
    assertThat(faint.spokenOver().startErrors().percentile(0.95)).isLessThan(100);
  }

  @Test
  void the_report_tells_every_rule_rate_and_echo() {
    BenchReport told = report.report();
    assertThat(told.text(true))
        .contains(
            "| eager |", "| normal |", "| patient |", "| 8000 Hz |", "| 48000 Hz |", "| -0 dB");
    assertThat(told.figures().path("normal").path("missed").isInt()).isTrue();
    assertThat(told.figures().path("share_of_one_core").path("16000_hz").asDouble()).isPositive();
    assertThat(PROGRESS).contains("echo of -60 dB ...", "sound of 8000 Hz ...");
  }

  @Test
  void a_directory_without_labels_is_refused_by_name(@TempDir Path empty) {
    assertThatThrownBy(
            () -> new DetectionBench(DetectionBench.Options.of(empty), PROGRESS::add).run())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(empty.toString())
        .hasMessageContaining("labels.json");
  }
}
