package io.longcat4j.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import io.longcat4j.CheckpointException;
import io.longcat4j.Numerics;
import io.longcat4j.cli.verify.Line.Status;
import io.longcat4j.testing.TestData;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Uses the tensors of a real golden folder, whatever their sizes. */
class VerifierTest {
  private final Golden golden = Golden.open(TestData.golden(TestData.bf16()));

  @Test
  void entries_are_tensors_fields_and_elements() {
    assertThat(golden.entries())
        .contains(
            "codec.waveform",
            "images.tiny_30x20.grid",
            "video.compress_ratio",
            "audio.audio_case.frames",
            "speech_generation.audio_codes",
            "templates[0]",
            "templates[21]")
        .doesNotContain("images", "templates[22]");
    assertThat(golden.namesIn("images")).contains("tiny_30x20");
    assertThat(golden.namesIn("templates")).isEmpty();
  }

  @Test
  void equal_numbers_are_ok() {
    Line line =
        compare("codec.waveform", c -> c.values("codec.waveform", floats("codec.waveform")));
    assertThat(line.status()).isEqualTo(Status.OK);
    assertThat(line.error()).isZero();
  }

  @Test
  void values_may_be_off_by_a_thousandth_of_the_largest_magnitude() {
    float[] expected = floats("codec.waveform");
    float largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(offBy("codec.waveform", 0.0009f * largest).status()).isEqualTo(Status.OK);
    Line line = offBy("codec.waveform", 0.0011f * largest);
    assertThat(line.status()).isEqualTo(Status.FAILED);
    assertThat(line.note()).startsWith("element 7: expected ");
  }

  @Test
  void features_may_be_off_by_two_thousandths() {
    String name = "audio.audio_case.fbank";
    float[] near = floats(name);
    near[3] += 0.0019f;
    assertThat(compare(name, c -> c.features(name, near)).status()).isEqualTo(Status.OK);
    float[] far = floats(name);
    far[3] += 0.0021f;
    assertThat(compare(name, c -> c.features(name, far)).status()).isEqualTo(Status.FAILED);
  }

  @Test
  void a_number_that_is_none_fails() {
    assertThat(offBy("codec.waveform", Float.NaN).status()).isEqualTo(Status.FAILED);
    assertThat(offBy("codec.waveform", Float.POSITIVE_INFINITY).status()).isEqualTo(Status.FAILED);
  }

  @Test
  void another_count_of_numbers_fails() {
    Line line = compare("codec.waveform", c -> c.values("codec.waveform", new float[3]));
    assertThat(line.status()).isEqualTo(Status.FAILED);
    assertThat(line.note()).endsWith("numbers expected, 3 computed");
  }

  @Test
  void ids_must_be_exact() {
    int[] ids =
        IntStream.range(0, floats("llm.greedy_ids").length)
            .map(i -> (int) floats("llm.greedy_ids")[i])
            .toArray();
    assertThat(compare("llm.greedy_ids", c -> c.ids("llm.greedy_ids", ids)).status())
        .isEqualTo(Status.OK);
    ids[5]++;
    ids[9]++;
    Line line = compare("llm.greedy_ids", c -> c.ids("llm.greedy_ids", ids));
    assertThat(line.status()).isEqualTo(Status.FAILED);
    assertThat(line.error()).isEqualTo(2);
    assertThat(line.note()).startsWith("element 5: expected ");
  }

  @Test
  void json_values_are_compared_by_value() {
    String entry = "speech_generation.wave_samples";
    JsonNode expected = golden.value(entry);
    assertThat(compare(entry, c -> c.value(entry, expected)).status()).isEqualTo(Status.OK);
    Line line = compare(entry, c -> c.value(entry, IntNode.valueOf(expected.intValue() + 1)));
    assertThat(line.status()).isEqualTo(Status.FAILED);
    assertThat(line.note()).contains("expected " + expected);
  }

  @Test
  void what_a_stage_answers_for_but_does_not_compute_is_missing() {
    Report report = Verifier.verify(golden, List.of(stage("codec.", comparison -> {})));
    assertThat(line(report, "codec.waveform").status()).isEqualTo(Status.MISSING);
    assertThat(report.isPassed()).isFalse();
  }

  @Test
  void what_no_stage_answers_for_is_not_checked_and_counts_as_failure() {
    Report report = Verifier.verify(golden, List.of());
    assertThat(report.lines()).hasSameSizeAs(golden.entries());
    assertThat(report.lines()).allMatch(line -> line.status() == Status.NOT_CHECKED);
    assertThat(report.isPassed()).isFalse();
    assertThat(report.summary()).startsWith("FAILED: 0 ok, 0 failed, 0 missing, ");
  }

  @Test
  void inputs_are_listed_and_do_not_fail() {
    Report report =
        Verifier.verify(
            golden,
            List.of(
                stage(
                    "",
                    comparison -> {
                      golden.tensors().names().forEach(comparison::input);
                      golden.entries().stream()
                          .filter(entry -> golden.tensors().find(entry).isEmpty())
                          .forEach(comparison::inputValue);
                    })));
    assertThat(report.isPassed()).isTrue();
    assertThat(report.lines()).allMatch(line -> line.status() == Status.INPUT);
  }

  @Test
  void a_stage_that_cannot_run_is_reported_and_the_others_run() {
    Report report =
        Verifier.verify(
            golden,
            List.of(
                stage(
                    "audio.",
                    comparison -> {
                      throw new CheckpointException("audio/config.json: missing");
                    }),
                stage("codec.", c -> c.values("codec.waveform", floats("codec.waveform")))));
    assertThat(report.failures()).containsExactly("of audio.: audio/config.json: missing");
    assertThat(line(report, "audio.audio_case.fbank").status()).isEqualTo(Status.MISSING);
    assertThat(line(report, "codec.waveform").status()).isEqualTo(Status.OK);
  }

  @Test
  void the_table_shows_name_error_tolerance_and_status() {
    StringWriter text = new StringWriter();
    new Report(
            List.of(
                Line.compared("ids", 0, 0, ""),
                Line.compared("logits", 0.5, 0.25, "element 3"),
                Line.without("more", Status.NOT_CHECKED, "")),
            List.of("llm: no memory"))
        .print(new PrintWriter(text, true));
    assertThat(text.toString())
        .isEqualToNormalizingNewlines(
            """
            name     max error   tolerance
            ids              0           0  ok
            logits    5.00e-01    2.50e-01  FAILED  (element 3)
            more             -           -  not checked
            stage llm: no memory
            FAILED: 1 ok, 1 failed, 0 missing, 1 not checked, 0 inputs
            """);
  }

  @Test
  void numbers_in_json_lists_compare_by_value_too() throws Exception {
    JsonNode left = JsonMapper.builder().build().readTree("{\"a\": [[1, 2.0]], \"n\": 1}");
    Golden small = Golden.of(golden.tensors(), left);
    Comparison comparison = new Comparison(small, Numerics.EXACT, (name, values) -> {});
    comparison.value("a", JsonMapper.builder().build().readTree("[[1.0, 2]]"));
    assertThat(comparison.line("a").orElseThrow().status()).isEqualTo(Status.OK);
  }

  @Test
  void rounded_activations_may_be_further_off_and_may_choose_other_ids() {
    Comparison comparison = new Comparison(golden, Numerics.BF16, (name, values) -> {});
    float[] logits = floats("llm.logits");
    float largest = 0;
    for (float logit : logits) {
      largest = Math.max(largest, Math.abs(logit));
    }
    logits[5] += 0.019f * largest;
    comparison.activations("llm.logits", logits);
    assertThat(comparison.line("llm.logits").orElseThrow().status()).isEqualTo(Status.OK);
    logits[5] += 0.002f * largest;
    comparison.activations("llm.logits", logits);
    assertThat(comparison.line("llm.logits").orElseThrow().status()).isEqualTo(Status.FAILED);
    comparison.ids("llm.greedy_ids", new int[] {1});
    assertThat(comparison.line("llm.greedy_ids").orElseThrow().status()).isEqualTo(Status.DIFFERS);
    comparison.values("codec.waveform", new float[1]);
    assertThat(comparison.line("codec.waveform").orElseThrow().status()).isEqualTo(Status.FAILED);
  }

  @Test
  void rounded_activations_may_choose_otherwise_one_time_in_twenty() {
    Comparison comparison = new Comparison(golden, Numerics.BF16, (name, values) -> {});
    String name = "llm.router_indices";
    int[] picks = comparison.expectedIds(name);
    int size = (int) golden.tensors().require(name).shape().dim(2);
    int most = picks.length / size / 20;
    for (int i = 0; i < most; i++) {
      picks[i * size]++;
    }
    Choices choices = comparison.choices(name, picks, size);
    assertThat(choices.differing()).isEqualTo(most);
    assertThat(comparison.line(name).orElseThrow().status()).isEqualTo(Status.DIFFERS);
    String weights = "llm.router_weights_sorted_by_index";
    float[] off = floats(weights);
    off[0] += 1e3f;
    comparison.activations(weights, off, choices);
    assertThat(comparison.line(weights).orElseThrow().status()).isEqualTo(Status.OK);
    off[most * size] += 1e3f;
    comparison.activations(weights, off, choices);
    assertThat(comparison.line(weights).orElseThrow().status()).isEqualTo(Status.FAILED);
    picks[most * size]++;
    comparison.choices(name, picks, size);
    assertThat(comparison.line(name).orElseThrow().status()).isEqualTo(Status.FAILED);
  }

  @Test
  void exact_numerics_choose_as_expected() {
    Comparison comparison = new Comparison(golden, Numerics.EXACT, (name, values) -> {});
    String name = "llm.router_indices";
    int[] picks = comparison.expectedIds(name);
    picks[0]++;
    assertThat(comparison.choices(name, picks, 4).differing()).isZero();
    assertThat(comparison.line(name).orElseThrow().status()).isEqualTo(Status.FAILED);
    assertThat(comparison.restart("llm.layer_outputs")).isEmpty();
  }

  @Test
  void rounded_logits_after_choices_nobody_sees_may_differ_where_distributions_are_near() {
    String name = "topk8.logits";
    int width = (int) golden.tensors().require(name).shape().dim(1);
    float[] logits = floats(name);
    logits[3] += 0.4f;
    assertThat(logitsLine(Numerics.BF16, logits, width).status()).isEqualTo(Status.DIFFERS);
    assertThat(logitsLine(Numerics.BF16, logits, width).note()).startsWith("mean KL divergence ");
    assertThat(logitsLine(Numerics.EXACT, logits, width).status()).isEqualTo(Status.FAILED);
    for (int i = 0; i < logits.length; i++) {
      logits[i] *= 1.2f;
    }
    assertThat(logitsLine(Numerics.BF16, logits, width).status()).isEqualTo(Status.FAILED);
  }

  private Line logitsLine(Numerics numerics, float[] logits, int width) {
    Comparison comparison = new Comparison(golden, numerics, (name, values) -> {});
    comparison.logits("topk8.logits", logits, width);
    return comparison.line("topk8.logits").orElseThrow();
  }

  private Line offBy(String name, float offset) {
    float[] actual = floats(name);
    actual[7] += offset;
    return compare(name, c -> c.values(name, actual));
  }

  private Line compare(String name, Consumer<Comparison> comparing) {
    Comparison comparison = new Comparison(golden, Numerics.EXACT, (tensor, values) -> {});
    comparing.accept(comparison);
    return comparison.line(name).orElseThrow();
  }

  private static Line line(Report report, String name) {
    return report.lines().stream().filter(l -> l.name().equals(name)).findFirst().orElseThrow();
  }

  private float[] floats(String name) {
    return golden.tensors().require(name).toFloats();
  }

  private static Stage stage(String prefix, Consumer<Comparison> body) {
    return new Stage() {
      @Override
      public String name() {
        return "of " + prefix;
      }

      @Override
      public boolean covers(String entry) {
        return entry.startsWith(prefix);
      }

      @Override
      public void run(Comparison comparison) {
        body.accept(comparison);
      }
    };
  }
}
