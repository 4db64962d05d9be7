package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.testing.EmulatorSettings;
import io.longcat4j.testing.TestData;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** The golden checkpoints on an emulated GPU. */
@Tag("emulated")
@ExtendWith(EmulatorSettings.class)
class EmulatedVerifyTest {
  @Test
  void fp8_weights_give_the_golden_numbers() {
    verify(TestData.fp8());
  }

  @Test
  @EnabledIfSystemProperty(named = "longcat.nightly", matches = "true")
  void bf16_weights_give_the_golden_numbers() {
    verify(TestData.bf16());
  }

  private static void verify(Path checkpoint) {
    CommandRun run =
        CommandRun.of(
            "verify",
            checkpoint,
            TestData.golden(checkpoint),
            "--media",
            TestData.media(""),
            "--backend",
            "cuda-emulated");
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    assertThat(run.out()).contains("llm.logits").doesNotContain("FAILED");
  }
}
