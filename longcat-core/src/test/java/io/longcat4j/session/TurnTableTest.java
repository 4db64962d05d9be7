package io.longcat4j.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The code does what the table in its Javadoc says, cell by cell. */
class TurnTableTest {
  private static final Path SOURCE =
      Path.of("src", "main", "java", "io", "longcat4j", "session", "TurnTable.java");
  private static final TurnTable.Rules ALL = new TurnTable.Rules(true, true);

  static Stream<Arguments> cells() throws IOException {
    String javadoc = Files.readString(SOURCE).replaceAll("\\n \\*\\s*", " ");
    String table = javadoc.substring(javadoc.indexOf("</tr>"), javadoc.indexOf("</table>"));
    List<Arguments> cells = new ArrayList<>();
    for (String row : all(table, "<tr>(.*?)</tr>")) {
      Signal signal = Signal.valueOf(all(row, "<th>(.*?)</th>").get(0));
      List<String> texts = all(row, "<td>(.*?)</td>");
      assertThat(texts).as(signal.name()).hasSize(Phase.values().length);
      for (Phase phase : Phase.values()) {
        cells.add(
            Arguments.of(phase, signal, texts.get(Arrays.asList(Phase.values()).indexOf(phase))));
      }
    }
    assertThat(cells).hasSize(Phase.values().length * Signal.values().length);
    return cells.stream();
  }

  private static List<String> all(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult result) -> result.group(1).strip())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cells")
  void a_cell_is_what_happens(Phase phase, Signal signal, String cell) {
    TurnTable.Step step = TurnTable.next(phase, signal, ALL);
    List<Action> actions = new ArrayList<>();
    Phase then = phase;
    for (String word : all(cell, "([A-Za-z]+)")) {
      if (word.equals(word.toUpperCase(Locale.ROOT))) {
        then = Phase.valueOf(word);
      } else {
        actions.add(Action.valueOf(word.toUpperCase(Locale.ROOT)));
      }
    }
    assertThat(step).isEqualTo(new TurnTable.Step(actions, then));
  }

  @Test
  void without_own_responses_a_turn_only_stops() {
    TurnTable.Rules rules = new TurnTable.Rules(false, true);
    for (Phase phase : List.of(Phase.SPEAKING, Phase.PAUSING)) {
      for (Signal end : List.of(Signal.ENDED, Signal.COMMIT)) {
        assertThat(TurnTable.next(phase, end, rules))
            .isEqualTo(new TurnTable.Step(List.of(Action.STOP), Phase.LISTENING));
      }
    }
    assertThat(TurnTable.next(Phase.PAUSING, Signal.SILENT_A_WHILE, rules).actions()).isEmpty();
    for (Phase phase : List.of(Phase.LISTENING, Phase.PLAYING)) {
      assertThat(TurnTable.next(phase, Signal.RESULTS, rules))
          .isEqualTo(new TurnTable.Step(List.of(Action.APPEND), phase));
    }
    assertThat(TurnTable.next(Phase.LISTENING, Signal.RESPOND, rules).phase())
        .isEqualTo(Phase.REPLYING);
  }

  @Test
  void without_resume_the_sound_goes_on_until_speech_is_certain() {
    TurnTable.Rules rules = new TurnTable.Rules(true, false);
    for (Phase phase : List.of(Phase.REPLYING, Phase.PLAYING)) {
      assertThat(TurnTable.next(phase, Signal.CANDIDATE, rules).actions()).isEmpty();
      assertThat(TurnTable.next(phase, Signal.FALSE_START, rules).actions())
          .containsExactly(Action.COUNT);
      assertThat(TurnTable.next(phase, Signal.BEGAN, rules).actions())
          .containsExactly(Action.START, Action.CUT, Action.LISTEN);
    }
  }
}
