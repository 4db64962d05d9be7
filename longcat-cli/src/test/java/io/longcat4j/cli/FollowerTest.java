package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Experts;
import io.longcat4j.LongCat;
import io.longcat4j.Parallel;
import io.longcat4j.RankFailedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that are ranks: what a command does on those that follow, and where one fails. */
class FollowerTest {
  @TempDir Path folder;
  private Path checkpoint;

  @BeforeEach
  void checkpoint() throws Exception {
    checkpoint = FakeEngineProvider.checkpointIn(folder);
  }

  private CommandRun run(String command, String listenOn, Object... more) {
    List<Object> words =
        new java.util.ArrayList<>(
            List.of(
                command,
                "--model",
                checkpoint,
                "--parallel",
                "processes",
                "--listen-on",
                listenOn));
    words.addAll(List.of(more));
    return CommandRun.of(words.toArray());
  }

  private CommandRun follow(String command, String listenOn) {
    return switch (command) {
      case "generate" -> run(command, listenOn, "-q", "Hello");
      case "demo" -> run(command, listenOn, "-q", "--output", folder.resolve("output"));
      case "evaluate" -> run(command, listenOn, "-q", "--limit", 1);
      default -> run(command, listenOn, "-q");
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"generate", "demo", "describe", "evaluate"})
  void aFollowerAnswersNothingAndEndsWithRankZero(String command) {
    CommandRun run = follow(command, "follower");
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).isEmpty();
    assertThat(run.exitCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"generate", "demo", "describe", "evaluate"})
  void aFollowerOfAFailedRankHasAnExitCodeOfItsOwn(String command) {
    CommandRun run = follow(command, "failing");
    assertThat(run.err()).contains("longcat: rank 0 on alpha was silent for 10 s");
    assertThat(run.exitCode()).isEqualTo(4);
  }

  @Test
  void rankZeroHasTheSameExitCodeWhereAnotherOneFails() throws Exception {
    CommandRun one = CommandRun.of("generate", "--model", checkpoint, "-q", "lost rank");
    assertThat(one.exitCode()).isEqualTo(4);
    assertThat(one.err()).contains("rank 1 on beta was silent");
    Path cases = folder.resolve("cases.json");
    Files.writeString(
        cases,
        """
        {"a": [{"role": "user", "content": [{"type": "text", "text": "lost rank"}]}],
         "b": [{"role": "user", "content": [{"type": "text", "text": "not asked"}]}]}
        """);
    CommandRun demo =
        CommandRun.of(
            "demo", cases, "--model", checkpoint, "-q", "--output", folder.resolve("output"));
    assertThat(demo.exitCode()).isEqualTo(4);
    assertThat(demo.out()).doesNotContain("== b");
    Path items = folder.resolve("items.jsonl");
    Files.writeString(
        items,
        "{\"id\": \"a\", \"task\": \"text\", \"messages\": [{\"role\": \"user\", \"content\":"
            + " [{\"type\": \"text\", \"text\": \"lost rank\"}]}], \"answer\": \"x\"}\n");
    CommandRun evaluation = CommandRun.of("evaluate", items, "--model", checkpoint, "-q");
    assertThat(evaluation.exitCode()).isEqualTo(4);
  }

  @Test
  void whatRanksSpentOnEachOtherIsPrintedWithTheOtherFigures() {
    assertThat(CommandRun.of("generate", "--model", checkpoint, "--ranks", 2, "Hi").err().lines())
        .containsSubsequence(
            "rank 0 on alpha: collectives 0.50 s, of which waiting 0.00 s, 0.001 MB sent",
            "rank 1 on alpha: collectives 0.50 s, of which waiting 0.10 s, 0.001 MB sent");
    assertThat(CommandRun.of("generate", "--model", checkpoint, "Hi").err())
        .doesNotContain("rank 0");
  }

  @Test
  void theExitCodeIsTold() {
    assertThat(CommandRun.of("--help").out().replaceAll("\\s+", " "))
        .contains("4 another rank failed");
  }

  @Test
  void optionsReachTheEngine() {
    assertThat(
            CommandRun.of("describe", "--model", checkpoint, "--ranks", 2, "--experts", "sliced")
                .out())
        .contains("Parallel[LOCAL, ranks 2, patience PT10S], experts SLICED");
    assertThat(CommandRun.of("describe", "--model", checkpoint).out())
        .contains("Parallel[SINGLE", "experts AUTO");
  }

  @ParameterizedTest
  @ValueSource(strings = {"generate", "demo", "describe", "evaluate", "verify", "quantize"})
  void everyCommandThatLoadsAModelTakesTheSameOptions(String command) {
    assertThat(CommandRun.of(command, "--help").out())
        .contains("--ranks=", "--parallel=", "--experts=", "--patience=", "--listen-on=");
    assertThat(CommandRun.of("bench", "model", "--help").out()).contains("--ranks=", "--experts=");
  }

  @Test
  void contradictionsAreUserErrorsBeforeAnythingIsLoaded() {
    CommandRun run = CommandRun.of("generate", "--model", checkpoint, "--parallel", "local", "Hi");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("--parallel local does not tell how many ranks")
        .doesNotContain("at io.");
  }

  @Test
  void onlyAFollowerMayFollow() {
    try (LongCat longcat = LongCat.builder().model(checkpoint).build()) {
      assertThat(longcat.isFollower()).isFalse();
      assertThatThrownBy(longcat::follow)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("isFollower()");
    }
    Parallel failing = Parallel.processes().listenOn("failing");
    try (LongCat longcat =
        LongCat.builder().model(checkpoint).parallel(failing).experts(Experts.WHOLE).build()) {
      assertThat(longcat.isFollower()).isTrue();
      assertThatThrownBy(longcat::follow)
          .isInstanceOfSatisfying(
              RankFailedException.class,
              failure -> {
                assertThat(failure.rank()).isZero();
                assertThat(failure.host()).isEqualTo("alpha");
              });
    }
  }
}
