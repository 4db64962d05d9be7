package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** What a question may be asked with, and where it comes from. */
class RequestOptionsTest {
  @TempDir Path folder;
  private Path checkpoint;

  @BeforeEach
  void make_checkpoint() throws IOException {
    checkpoint = FakeEngineProvider.checkpointIn(folder);
  }

  private CommandRun generate(Object... more) {
    Object[] words = new Object[more.length + 3];
    words[0] = "generate";
    words[1] = "--model";
    words[2] = checkpoint;
    System.arraycopy(more, 0, words, 3, more.length);
    return CommandRun.of(words);
  }

  private CommandRun piped(String input, boolean isPiped, String... more) {
    String[] words = new String[more.length + 3];
    words[0] = "generate";
    words[1] = "--model";
    words[2] = checkpoint.toString();
    System.arraycopy(more, 0, words, 3, more.length);
    return CommandRun.withInput(input, isPiped, words);
  }

  @Test
  void a_dash_and_a_pipe_are_the_question() {
    assertThat(piped("What is\nthis?\n", false, "-").out()).startsWith("USER:What is\nthis? |");
    assertThat(piped("What is this?\n", true).out()).startsWith("USER:What is this? |");
    assertThat(piped("ignored", true, "Why?").out()).startsWith("USER:Why? |");
    assertThat(piped("And?", true, "--image", "a.png", "-").out())
        .startsWith("USER:Image, USER:And? |");
  }

  @Test
  void nothing_is_awaited_that_nobody_needs() {
    assertThat(piped("ignored", true, "--image", "a.png").out()).startsWith("USER:Image |");
    CommandRun typed = piped("ignored", false);
    assertThat(typed.exitCode()).isEqualTo(2);
    assertThat(typed.err()).contains("Nothing was asked");
    CommandRun empty = piped(" \n", true);
    assertThat(empty.exitCode()).isEqualTo(2);
    assertThat(empty.err()).contains("Standard input holds no question");
  }

  @Test
  void files_are_known_from_people() throws Exception {
    Path file = Files.writeString(folder.resolve("question.txt"), "?");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThat(Terminal.isPiped(link)).isTrue();
    Path device = Files.createSymbolicLink(folder.resolve("device"), Path.of("/dev/null"));
    assertThat(Terminal.isPiped(device)).isFalse();
    assertThat(Terminal.isPiped(folder.resolve("none"))).isFalse();
  }

  @Test
  void sampling_and_time_are_bounded() {
    CommandRun run = generate("--min-p", "0.05", "--top-k", "0", "--timeout", "90s", "Why?");
    assertThat(run.out()).contains(", min-p 0.05, timeout PT1M30S");
    assertThat(generate("--min-p", "0.1", "Why?").err()).contains("nothing is sampled");
  }

  @ParameterizedTest
  @CsvSource({"30s,PT30S", "500ms,PT0.5S", "1.5m,PT1M30S", "2min,PT2M", "1h,PT1H", "PT30S,PT30S"})
  void times_are_read_as_people_write_them(String text, Duration expected) {
    assertThat(new DurationArgument().convert(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "0s", "-1s", "PT-3S", "soon", "", "99999999999s", "1.2345s"})
  void what_is_no_time_is_refused(String text) {
    assertThatThrownBy(() -> new DurationArgument().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("write 30s");
  }

  @Test
  void tools_are_read_in_both_forms() throws Exception {
    Path file = folder.resolve("tools.json");
    Files.writeString(
        file,
        """
        [{"type": "function", "function": {"name": "weather", "description": "of a town",
           "parameters": {"type": "object", "properties": {"town": {"type": "string"}}}}},
         {"name": "time"}]
        """);
    assertThat(generate("--tools", file, "Why?").out())
        .contains(
            "tools [Tool[name=weather, description=of a town, parameters={\"type\":\"object\"")
        .contains("Tool[name=time, description=, parameters={");
  }

  @Test
  void tools_that_are_none_are_refused() throws Exception {
    Path file = folder.resolve("tools.json");
    for (String content : List.of("{}", "[]", "[{}]", "no", "[{\"function\": {\"name\": 3}}]")) {
      Files.writeString(file, content);
      CommandRun run = generate("--tools", file, "Why?");
      assertThat(run.exitCode()).as(content).isEqualTo(2);
      assertThat(run.err()).contains("--tools " + file).contains("write [{");
    }
    assertThat(generate("--tools", folder.resolve("none"), "Why?").err())
        .contains("cannot be read");
  }

  @Test
  void documents_follow_a_schema() throws Exception {
    Path file = Files.writeString(folder.resolve("schema.json"), "{\"type\": \"integer\"}");
    assertThat(generate("--json-schema", file, "Why?").out())
        .contains(", schema {\"type\": \"integer\"}");
    assertThat(generate("--json", "Why?").out()).contains(", schema true");
    CommandRun both = generate("--json", "--json-schema", file, "Why?");
    assertThat(both.exitCode()).isEqualTo(2);
    assertThat(both.err()).contains("give one");
  }

  @Test
  void help_has_headings() {
    String help = CommandRun.of("generate", "--help").out();
    assertThat(help)
        .containsSubsequence(
            "--speech=",
            "What the reply has to be:",
            "--json-schema=",
            "How the reply is chosen:",
            "--min-p=",
            "How the model is opened:",
            "--numerics=",
            "GPUs:",
            "--gpus=");
    assertThat(help.split("      --min-p=", -1)).hasSize(2);
    for (String command : List.of("demo", "chat", "serve", "plan", "pull", "doctor", "evaluate")) {
      CommandRun run = CommandRun.of(command, "--help");
      assertThat(run.exitCode()).as(command).isZero();
      assertThat(run.out()).as(command).contains("--help");
    }
  }

  @Test
  void shells_complete_commands_and_options() {
    CommandRun run = CommandRun.of("completion");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .startsWith("#!/usr/bin/env bash")
        .contains("complete -F _complete_longcat")
        .contains("--json-schema")
        .contains("make-checkpoint")
        .contains("--dry-run");
  }
}
