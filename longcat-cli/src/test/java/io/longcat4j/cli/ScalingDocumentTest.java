package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables of docs/scaling.md are what the commands above them print. */
@Tag("once")
class ScalingDocumentTest {
  private static final String COMMAND = "    ./longcat plan --published ";

  record Shown(String command, List<String> table) {}

  static List<Shown> tables() throws IOException {
    List<String> lines = Files.readAllLines(CommandRun.ROOT.resolve("docs/scaling.md"));
    List<Shown> shown = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(COMMAND)) {
        List<String> table =
            lines.stream().skip(i + 2).takeWhile(line -> line.startsWith("|")).toList();
        shown.add(new Shown(lines.get(i).strip(), table));
      }
    }
    return shown;
  }

  @ParameterizedTest
  @MethodSource("tables")
  void everyTableIsWhatItsCommandPrints(Shown shown) {
    String[] words = shown.command().split(" ");
    CommandRun run = CommandRun.of((Object[]) Stream.of(words).skip(1).toArray(String[]::new));
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines()).containsExactlyElementsOf(shown.table());
  }

  @Test
  void thereAreThreeFormatsOnThreeMachinesOverFiveNumbersOfRanks() throws IOException {
    assertThat(tables()).hasSize(9);
    assertThat(tables()).allSatisfy(shown -> assertThat(shown.table()).hasSize(2 + 5 * 4));
    assertThat(tables()).extracting(Shown::command).doesNotHaveDuplicates();
  }
}
