package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.FinishReason;
import io.longcat4j.Reply;
import io.longcat4j.Statistics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplyPrinterTest {
  private static final String TEXT = "one\n\ttwo\u001b[31m\u0000";

  @Test
  void a_terminal_is_not_given_control_characters() {
    assertThat(printed(/* interactive= */ true)).isEqualTo("one\n\ttwo\ufffd[31m\ufffd");
  }

  @Test
  void files_and_pipes_get_every_character() {
    assertThat(printed(/* interactive= */ false)).isEqualTo(TEXT);
  }

  private static String printed(boolean interactive) {
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out, true);
    Statistics nothing =
        new Statistics(1, 1, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);
    new ReplyPrinter(new Terminal(writer, new PrintWriter(new StringWriter()), interactive), true)
        .print(new Reply(TEXT, List.of(), null, List.of(), FinishReason.END, List.of(), nothing));
    return out.toString().stripTrailing().replace(System.lineSeparator(), "\n");
  }
}
