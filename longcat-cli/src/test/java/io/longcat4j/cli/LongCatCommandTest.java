package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class LongCatCommandTest {
  @TempDir Path folder;

  @Test
  void help_names_every_command_and_the_exit_codes() {
    CommandRun run = CommandRun.of("--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains(
            "demo",
            "generate",
            "describe",
            "verify",
            "quantize",
            "evaluate",
            "bench",
            "Exit codes: 0",
            "--stacktrace");
    assertThat(run.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "generate",
        "chat",
        "serve",
        "plan",
        "describe",
        "verify",
        "quantize",
        "codec",
        "evaluate",
        "bench"
      })
  void every_command_has_its_own_help(String command) {
    CommandRun run = CommandRun.of(command, "--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("Usage: longcat " + command);
  }

  @Test
  void descriptions_are_sound_formats() {
    StringWriter ignored = new StringWriter();
    Terminal terminal = new Terminal(new PrintWriter(ignored), new PrintWriter(ignored), false);
    requireFormats(LongCatCommand.commandLine(terminal, new Home(Optional.of(CommandRun.ROOT))));
  }

  private static void requireFormats(CommandLine command) {
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (option.userObject() instanceof Field field) {
        for (String line : field.getAnnotation(CommandLine.Option.class).description()) {
          assertThatCode(() -> String.format(line)).as(line).doesNotThrowAnyException();
        }
      }
    }
    command.getSubcommands().values().forEach(LongCatCommandTest::requireFormats);
  }

  @Test
  void version_tells_the_version_and_the_java_it_runs_on() {
    CommandRun run = CommandRun.of("--version");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("longcat ").contains("Java " + Runtime.version());
  }

  @Test
  void no_command_is_a_usage_error() {
    CommandRun run = CommandRun.of();
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .isEqualToNormalizingNewlines("longcat: No command was given\nTry 'longcat --help'.\n");
  }

  @Test
  void a_mistyped_command_gets_a_suggestion() {
    CommandRun run = CommandRun.of("dem");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("dem").contains("demo").contains("Try 'longcat --help'.");
  }

  @Test
  void a_mistyped_option_is_named_with_the_right_help() {
    CommandRun run = CommandRun.of("describe", "--model", "x", "--treads", "2");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("Unknown options: '--treads'")
        .contains("Try 'longcat describe --help'.");
  }

  @Test
  void a_wrong_value_is_a_user_error_without_stack_trace() {
    CommandRun run = CommandRun.of("generate", "--model", folder, "--max-new-tokens", "0", "Hello");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("longcat: maxNewTokens is 0; pass at least 1")
        .doesNotContain("\tat ");
  }

  @Test
  void stacktrace_shows_where_an_error_arose() {
    CommandRun run =
        CommandRun.of(
            "generate", "--stacktrace", "--model", folder, "--max-new-tokens", "0", "Hello");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("maxNewTokens is 0").contains("\tat io.longcat4j.Generation");
  }

  @Test
  void a_defect_is_told_apart_from_a_user_error() throws Exception {
    Path checkpoint = FakeEngineProvider.checkpointIn(folder);
    CommandRun run = CommandRun.of("generate", "--model", checkpoint, "defect");
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err())
        .contains("longcat: a defect: java.lang.IllegalStateException: index 7")
        .contains("--stacktrace")
        .doesNotContain("\tat ");
  }

  @Test
  void describe_passes_every_option_to_the_engine_and_prints_its_answer() throws Exception {
    Path checkpoint = FakeEngineProvider.checkpointIn(folder);
    CommandRun run =
        CommandRun.of(
            "describe",
            "--model",
            checkpoint,
            "--backend",
            "reference",
            "--encoders",
            "eyes=cuda,voice=cuda:1",
            "--threads",
            "3",
            "--pin-threads",
            "--context",
            "77",
            "--mlock",
            "--huge-pages",
            "--attention-top-k",
            "8",
            "--cache-dir",
            "c",
            "--ranks",
            "2",
            "--patience",
            "3s",
            "--experts",
            "whole");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().strip())
        .isEqualTo(
            "backend reference, SenseDevices[eyes=cuda:0, ears=cpu, voice=cuda:1], threads WorkerThreads[count=OptionalInt[3],"
                + " pinned=true], context OptionalInt[77], WeightMemory[mode=LOCKED, hugePages=true], top 8, cache Optional[c], Parallel[LOCAL, ranks 2, patience PT3S], experts WHOLE");
    assertThat(run.err().lines()).containsExactly("Loading language model ...", "Ready.");
  }

  @ParameterizedTest
  @CsvSource({
    "--preload, PRELOADED",
    "--no-read-ahead, ON_DEMAND",
    "--quiet, READ_AHEAD",
  })
  void weights_come_as_the_option_says(String option, String mode) throws Exception {
    Path checkpoint = FakeEngineProvider.checkpointIn(folder);
    CommandRun run = CommandRun.of("describe", "--model", checkpoint, option);
    assertThat(run.out()).contains("WeightMemory[mode=" + mode + ", hugePages=false]");
  }

  @Test
  void ways_for_weights_exclude_each_other() {
    CommandRun run = CommandRun.of("describe", "--model", "x", "--mlock", "--preload");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("mutually exclusive");
  }

  @Test
  void quiet_hides_progress() throws Exception {
    Path checkpoint = FakeEngineProvider.checkpointIn(folder);
    CommandRun run = CommandRun.of("describe", "--quiet", "--model", checkpoint);
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
  }
}
