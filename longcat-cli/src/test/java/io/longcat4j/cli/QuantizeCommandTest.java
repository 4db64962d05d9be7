package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.longcat4j.testing.TestData;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("once")
class QuantizeCommandTest {
  @TempDir Path folder;

  private CommandRun quantize(Object... more) {
    Object[] words = new Object[5 + more.length];
    words[0] = "quantize";
    words[1] = "--model";
    words[2] = TestData.bf16();
    words[3] = "--output";
    words[4] = folder.resolve("out");
    System.arraycopy(more, 0, words, 5, more.length);
    return CommandRun.of(words);
  }

  @Test
  void it_prints_errors_sizes_and_divergence_and_the_result_answers() throws Exception {
    Path report = folder.resolve("report.json");
    CommandRun run = quantize("--precision", "int4", "--scope", "all", "--report", report);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("mlp\\.experts\\.down_proj +589824 +\\d+\\.\\d+ %")
        .containsPattern("self_attn\\.kv_b_proj +\\d+ ")
        .containsPattern("language model: 6\\.3 MB before, 2\\.\\d MB after")
        .containsPattern("next token at \\d+ positions: mean KL divergence [0-9.e-]+, top-1");
    JsonNode json = JsonMapper.builder().build().readTree(report.toFile());
    assertThat(json.get("precision").asText()).isEqualTo("int4");
    assertThat(json.get("divergence").get("positions").asInt()).isGreaterThan(50);
    assertThat(json.get("divergence").get("top1_agreement").asDouble()).isBetween(0.1, 1.0);
    assertThat(
            json.get("tensors")
                .get("model.layers.1.mlp.experts.15.down_proj.weight")
                .get("relative_rms_error")
                .asDouble())
        .isBetween(0.03, 0.13);
    assertThat(json.get("classes").size()).isEqualTo(11);

    CommandRun answer =
        CommandRun.of(
            "generate", "--quiet", "--model", folder.resolve("out"), "--max-new-tokens", "3", "Hi");
    assertThat(answer.exitCode()).as(answer.err()).isZero();
    assertThat(answer.out()).isNotBlank();
  }

  @Test
  void prompts_come_from_a_file_and_experts_are_the_default() throws Exception {
    Path prompts = Files.writeString(folder.resolve("prompts.txt"), "Good morning\n\nGrüße\n");
    CommandRun run = quantize("--precision", "INT8", "--prompts", prompts, "--quiet");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("mlp.experts.up_proj").doesNotContain("self_attn");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void the_head_is_rounded_and_told_where_that_is_asked_for() throws Exception {
    Path report = folder.resolve("report.json");
    CommandRun run = quantize("--precision", "int4", "--head", "int8", "--report", report);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("lm_head +\\d+ +0\\.\\d+ %")
        .contains("mean KL divergence");
    JsonNode json = JsonMapper.builder().build().readTree(report.toFile());
    assertThat(json.get("head").asText()).isEqualTo("int8");
    assertThat(json.get("classes").get("lm_head").get("relative_rms_error").asDouble())
        .isBetween(1e-4, 0.01);
  }

  @Test
  void the_comparison_runs_over_ranks_that_are_threads_and_refuses_others() {
    CommandRun run = quantize("--precision", "int8", "--ranks", "2", "--threads", "2");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("mean KL divergence");

    CommandRun processes = quantize("--precision", "int8", "--parallel", "processes");
    assertThat(processes.exitCode()).isNotZero();
    assertThat(processes.err()).contains("processes", "--ranks N").doesNotContain("Quantising");
    CommandRun neither = quantize("--precision", "int8", "--no-comparison", "--ranks", "2");
    assertThat(neither.exitCode()).isNotZero();
    assertThat(neither.err()).contains("--no-comparison").doesNotContain("Quantising");
  }

  @Test
  void the_comparison_can_be_left_out() {
    CommandRun run = quantize("--precision", "int8", "--no-comparison");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("MB after").doesNotContain("KL");
    assertThat(run.err()).contains("Quantising ... 50 %").doesNotContain("Comparing");
  }

  @Test
  void what_cannot_be_done_is_refused_with_exit_code_2() throws Exception {
    CommandRun precision = quantize("--precision", "int3");
    assertThat(precision.exitCode()).isEqualTo(2);
    assertThat(precision.err()).contains("--precision").contains("INT8, INT4");

    CommandRun report = quantize("--precision", "int8", "--report", folder.resolve("no/r.json"));
    assertThat(report.exitCode()).isEqualTo(2);
    assertThat(report.err()).contains("--report");

    Path empty = Files.writeString(folder.resolve("empty.txt"), "\n \n");
    CommandRun prompts = quantize("--precision", "int8", "--prompts", empty);
    assertThat(prompts.exitCode()).isEqualTo(2);
    assertThat(prompts.err()).contains("has no text");
    assertThat(folder.resolve("out")).doesNotExist();

    assertThat(quantize("--precision", "int8", "--no-comparison").exitCode()).isZero();
    CommandRun again = quantize("--precision", "int8", "--no-comparison");
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.err()).contains("is not empty");
    CommandRun twice =
        CommandRun.of(
            "quantize",
            "--model",
            folder.resolve("out"),
            "--output",
            folder.resolve("b"),
            "--precision",
            "int4");
    assertThat(twice.exitCode()).isEqualTo(2);
    assertThat(twice.err()).contains("quantised to INT8 already");
  }
}
