package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.FinishReason;
import io.longcat4j.Reply;
import io.longcat4j.ReplyStream;
import io.longcat4j.Statistics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
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
    Reply reply =
        new Reply(
            TEXT,
            List.of(),
            null,
            List.of(),
            FinishReason.END,
            List.of(),
            Statistics.builder().build());
    Terminal terminal = new Terminal(writer, new PrintWriter(new StringWriter()), interactive);
    Reply printed =
        new ReplyPrinter(terminal, true)
            .print(new ReplyStream(new FakeEvents(reply)), new SoundOutput(Optional.empty(), null));
    assertThat(printed.text()).isEqualTo(TEXT);
    return out.toString().stripTrailing().replace(System.lineSeparator(), "\n");
  }
}
