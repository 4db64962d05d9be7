package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DeviceBenchTest {
  @Test
  @Tag("emulated")
  void a_layer_is_measured_on_an_emulated_gpu() {
    CommandRun run =
        CommandRun.of(
            "bench",
            "device",
            "--backend",
            "cuda-emulated",
            "--tiny",
            "--rows",
            "1,2",
            "--contexts",
            "20",
            "--prefill",
            "8",
            "--repetitions",
            "1",
            "--markdown");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("| reading |", "| BF16 products |")
        .containsPattern("\\| 20 \\| 1 \\| [0-9.]+ us \\|")
        .containsPattern("\\| 20 \\| 2 \\| [0-9.]+ us \\|")
        .containsPattern("\\| 8 \\| [0-9.]+ us \\|");
  }

  @Test
  void a_backend_without_memory_of_its_own_is_refused() {
    CommandRun run = CommandRun.of("bench", "device", "--backend", "reference", "--tiny");
    assertThat(run.exitCode()).isEqualTo(LongCatCommand.USER_ERROR);
    assertThat(run.err()).contains("--backend cuda");
  }
}
