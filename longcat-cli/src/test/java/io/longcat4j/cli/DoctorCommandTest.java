package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DoctorCommandTest {
  @TempDir Path folder;

  @Test
  void it_tells_what_runs_here() throws Exception {
    CommandRun run = CommandRun.of("doctor", "--json");
    assertThat(run.exitCode()).as(run.out()).isZero();
    JsonNode found = new ObjectMapper().readTree(run.out());
    assertThat(found.path("trial").path("sound in, words and speech out").asText())
        .startsWith("works");
    assertThat(found.path("engine").path("language model").asText()).isNotEmpty();
    assertThat(found.path("engine").path("GPU").asText()).isNotEmpty();
    assertThat(found.path("processor").path("available").asText())
        .isEqualTo(Integer.toString(Runtime.getRuntime().availableProcessors()));
    assertThat(found.path("libraries").path("ONNX Runtime, as loaded").asText()).startsWith("1.");
    assertThat(found.path("libraries").path("FFmpeg, as loaded").asText()).startsWith("8.");
    assertThat(found.path("java").path("runtime").asText()).contains(Runtime.version().toString());
  }

  /** Where nothing can be unpacked the block is there all the same, and says why. */
  @Test
  void it_tells_what_does_not() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    CommandRun run = CommandRun.of("doctor", "--cache-dir", file);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("trial\n  LongCat-Tiny: ").contains("platform\n  system: ");
    assertThat(run.err()).isEmpty();
  }
}
