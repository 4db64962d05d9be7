package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands do when standard output cannot be written. */
@Tag("once")
class LostResultsTest {
  @TempDir Path folder;
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "generate --model FAKE Hello",
        "describe --model FAKE",
        "plan --model REAL",
        "demo --model FAKE --output OUTPUT",
        "--help",
        "--version",
        "generate --help",
        "bench --help",
        "evaluate --help",
        "verify --help",
        "quantize --help"
      })
  void a_full_disk_ends_every_command_with_a_message_and_code_2(String command) throws IOException {
    assertThat(run(command, "No space left on device", false)).isEqualTo(2);
    assertThat(err.toString())
        .contains("standard output cannot be written (No space left on device)")
        .doesNotContain("defect")
        .doesNotContain("Exception")
        .doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "generate --model FAKE Hello",
        "describe --model FAKE",
        "demo --model FAKE --output OUTPUT",
        "--help"
      })
  void a_reader_who_has_gone_ends_a_command_quietly(String command) throws IOException {
    assertThat(run(command, "Broken pipe", false)).isEqualTo(141);
    assertThat(run(command, "Daten\u00fcbergabe unterbrochen", true)).isEqualTo(141);
    assertThat(err.toString()).doesNotContain("cannot be written", "defect", "\tat ");
  }

  private int run(String command, String error, boolean isPipe) throws IOException {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException(error);
          }
        };
    Terminal terminal =
        new Terminal(
            Terminal.results(new ResultOutput(broken, () -> isPipe), StandardCharsets.UTF_8),
            new PrintWriter(err, true),
            false);
    Home home = new Home(Optional.of(CommandRun.ROOT));
    String typed =
        command
            .replace("FAKE", FakeEngineProvider.checkpointIn(folder).toString())
            .replace("REAL", TestData.bf16().toString())
            .replace("OUTPUT", folder.resolve("output").toString());
    return LongCatCommand.run(terminal, home, typed.split(" "));
  }
}
