package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over an engine that repeats the question, and after it what it was asked to do. */
class EvaluateCommandTest {
  private static final String GREEDY =
      " | max 256, k 1, p 1.0, t 1.0, r 1.0, seed OptionalLong.empty, stop [], strict false";

  @TempDir Path folder;
  private Path checkpoint;
  private Path set;

  @BeforeEach
  void make_checkpoint_and_test_set() throws Exception {
    checkpoint = FakeEngineProvider.checkpointIn(folder);
    set = folder.resolve("set.jsonl");
    Files.writeString(
        set,
        item("a", "text", "exact", "Why?", "USER:Why?" + GREEDY)
            + item("b", "heard", "words", "the cat", "USER the dog" + GREEDY)
            + item("c", "text", "exact", "How?", "By magic.")
            + item("d", "mute", "exact", "be mute", "USER:be mute" + GREEDY));
  }

  @Test
  void each_task_gets_a_line() {
    CommandRun run = run();
    assertThat(run.err()).contains("Ready.");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines())
        .containsExactly(
            "task   items  right    score  word errors",
            "text       2      1   50.0 %            -",
            "heard      1      0   95.8 %        4.2 %",
            "mute       1      1  100.0 %            -");
  }

  @Test
  void tables_come_as_markdown_and_by_kind() {
    assertThat(run("--markdown", "--by-kind", "--task", "text", "--limit", "1").out().lines())
        .containsExactly(
            "| task | items | right | score | word errors |",
            "|---|---:|---:|---:|---:|",
            "| text | 1 | 1 | 100.0 % | - |",
            "",
            "| task | items | right | score | word errors |",
            "|---|---:|---:|---:|---:|",
            "| text / kind of text | 1 | 1 | 100.0 % | - |");
  }

  @Test
  void with_few_positions_it_tells_how_precisely_they_were_chosen() throws Exception {
    Path figures = folder.resolve("figures.json");
    CommandRun run =
        run("--task", "text", "--attention", "int8:8", "--json", figures, "--limit", "2");
    assertThat(run.out().lines().skip(2))
        .containsExactly(
            "",
            "attention block  samples  precision   least  kept mass  entropy",
            "0                     24     75.0 %  50.0 %     90.0 %     1.50",
            "3                      8     95.0 %  90.0 %     70.0 %     0.50",
            "all                   32     80.0 %  50.0 %     85.0 %     1.25");
    JsonNode blocks = JsonMapper.builder().build().readTree(figures.toFile()).get("attention");
    assertThat(blocks.get("3").get("precision").asDouble()).isEqualTo(0.95);
    assertThat(blocks.get("0").get("samples").asInt()).isEqualTo(24);
    assertThat(blocks.get("0").get("distribution").get(9).asInt()).isEqualTo(4);
    assertThat(run("--attention", "int8:8,measure=4", "--task", "text", "--limit", "1").out())
        .containsPattern("(?m)^0 +3 ");
    assertThat(run("--task", "text").out()).doesNotContain("entropy");
  }

  @Test
  void answers_and_figures_are_written_for_programs() throws Exception {
    Path answers = folder.resolve("answers.jsonl");
    Path figures = folder.resolve("figures.json");
    assertThat(run("--answers", answers, "--json", figures, "--at-once", 3).exitCode()).isZero();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(answers)) {
      lines.add(JsonMapper.builder().build().readTree(line));
    }
    assertThat(lines)
        .extracting(line -> line.get("id").asText())
        .containsExactly("a", "b", "c", "d");
    assertThat(lines)
        .extracting(line -> line.get("right").asBoolean())
        .containsExactly(true, false, false, true);
    assertThat(lines.get(1).get("word_errors").asInt()).isEqualTo(1);
    assertThat(lines.get(2).get("expected").asText()).isEqualTo("By magic.");
    assertThat(lines.get(2).get("answer").asText()).isEqualTo("USER:How?" + GREEDY);
    JsonNode heard = JsonMapper.builder().build().readTree(figures.toFile()).at("/tasks/heard");
    assertThat(heard.get("measure").asText()).isEqualTo("words");
    assertThat(heard.get("words").asInt()).isEqualTo(24);
    assertThat(heard.get("word_errors").asInt()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"text=0.5, 0", "text=0.51, 1", "video=0.1, 1"})
  void what_is_required_decides_the_exit_code(String required, int exitCode) throws Exception {
    CommandRun run = run("--require", required);
    assertThat(run.exitCode()).isEqualTo(exitCode);
    Path bars = folder.resolve("bars.txt");
    Files.writeString(bars, "# of the build\n" + required.replace('=', ' ') + "\n");
    assertThat(run("--bars", bars).exitCode()).isEqualTo(exitCode);
    if (exitCode != 0) {
      assertThat(run.err()).contains(required.startsWith("text") ? "below 51.0 %" : "no item");
    }
  }

  @Test
  void an_item_that_cannot_be_answered_is_named() throws Exception {
    Files.writeString(set, item("e", "image", "exact", "broken media", "x"));
    CommandRun run = run();
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("image, item e was not answered: cat.png: not a picture");
  }

  @Test
  void two_checkpoints_are_compared_in_points() {
    CommandRun run = run("--compare", checkpoint, "--within", "0");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("task     score  compared  points  other answers")
        .contains("text    50.0 %    50.0 %    +0.0              0");
  }

  @Test
  void spoken_answers_are_written_with_their_texts() throws Exception {
    Path speech = folder.resolve("spoken/today");
    CommandRun run = run("--speech", speech);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("mute, item d was not answered: the reply holds no speech");
    assertThat(speech.resolve("a.wav")).isNotEmptyFile();
    assertThat(speech.resolve("a.txt")).hasContent("USER:Why?" + GREEDY);
    assertThat(speech.resolve("d.wav")).doesNotExist();
  }

  @Test
  void own_speech_is_a_task_of_its_own() {
    CommandRun run = run("--own-speech", "--task", "text", "--own-speech-instruction", "Well?");
    assertThat(run.out()).containsPattern("own_speech +2 +0 ");
    CommandRun mute = run("--own-speech", "--task", "mute");
    assertThat(mute.exitCode()).isEqualTo(1);
    assertThat(mute.err())
        .contains("own_speech, item d was not answered: the reply holds no speech");
  }

  @Test
  void mistakes_are_told_before_anything_is_loaded() {
    for (Map.Entry<List<String>, String> one :
        Map.of(
                List.of("--within", "1"), "--within is about the checkpoint of --compare",
                List.of("--require", "text"), "The bar 'text'",
                List.of("--task", "image"), "has no task 'image'",
                List.of("--json", folder.resolve("no/such/file").toString()), "correct --json")
            .entrySet()) {
      CommandRun run = run(one.getKey().toArray());
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains(one.getValue()).doesNotContain("Loading");
    }
  }

  private CommandRun run(Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("evaluate", set, "--model", checkpoint));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray());
  }

  private static String item(
      String id, String task, String measure, String question, String answer) {
    return """
    {"id": "%s", "task": "%s", "kind": "kind of %s", "measure": "%s", "messages": [{"role": "user", \
    "content": [{"type": "text", "text": "%s"}]}], "answer": "%s"}
    """
        .formatted(id, task, task, measure, question, answer);
  }
}
