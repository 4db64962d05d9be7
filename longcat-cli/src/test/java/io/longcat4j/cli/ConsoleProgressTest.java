package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.LoadingProgress;
import io.longcat4j.LoadingProgress.Phase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
  private final StringWriter err = new StringWriter();

  @Test
  void a_file_gets_one_line_for_each_phase() {
    ConsoleProgress progress = progress(/* interactive= */ false);
    progress.onProgress(new LoadingProgress(Phase.LANGUAGE_MODEL, "a", 1, 10));
    progress.onProgress(new LoadingProgress(Phase.LANGUAGE_MODEL, "b", 10, 10));
    progress.onProgress(new LoadingProgress(Phase.CODEC, "c", 1, 1));
    progress.onProgress(new LoadingProgress(Phase.READY, "", 1, 1));
    assertThat(err.toString().lines())
        .containsExactly("Loading language model ...", "Loading speech codec ...", "Ready.");
  }

  @Test
  void a_terminal_gets_one_bar_that_is_redrawn_reaches_100_percent_and_goes_away() {
    ConsoleProgress progress = progress(/* interactive= */ true);
    progress.onProgress(new LoadingProgress(Phase.VISION, "vision/vision_model.pt", 5, 10));
    assertThat(err.toString())
        .endsWith(
            "\r["
                + "#".repeat(26)
                + ".".repeat(4)
                + "]  88 %  vision encoder  vision/vision_model.pt");
    progress.onProgress(new LoadingProgress(Phase.READY, "", 1, 1));
    assertThat(err.toString())
        .contains("[" + "#".repeat(30) + "] 100 %")
        .endsWith(" \r")
        .doesNotContain("\n");
  }

  @Test
  void a_bar_never_goes_back() {
    ConsoleProgress progress = progress(/* interactive= */ true);
    List<Integer> shown = new ArrayList<>();
    for (Phase phase : Phase.values()) {
      for (int done : new int[] {0, 5, 10, 3}) {
        progress.onProgress(new LoadingProgress(phase, "", done, 10));
      }
    }
    Matcher percents = Pattern.compile("(\\d+) %").matcher(err.toString());
    while (percents.find()) {
      shown.add(Integer.parseInt(percents.group(1)));
    }
    assertThat(shown).isSorted().startsWith(0).endsWith(100).hasSizeGreaterThan(10);
  }

  @Test
  void an_empty_phase_shows_an_empty_bar() {
    progress(/* interactive= */ true)
        .onProgress(new LoadingProgress(Phase.CONFIGURATION, "", 0, 0));
    assertThat(err.toString()).contains("[" + ".".repeat(30) + "]   0 %");
  }

  private ConsoleProgress progress(boolean interactive) {
    PrintWriter writer = new PrintWriter(err, true);
    return new ConsoleProgress(new Terminal(writer, writer, interactive));
  }
}
