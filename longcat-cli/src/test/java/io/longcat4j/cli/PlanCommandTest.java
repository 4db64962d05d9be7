package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.LongCat;
import io.longcat4j.Plan;
import io.longcat4j.testing.TestData;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PlanCommandTest {
  @Test
  void the_shipped_checkpoint_fits() throws Exception {
    Plan plan = LongCat.builder().model(TestData.bf16()).contextLength(1000).plan();
    long shards =
        Files.size(TestData.bf16().resolve("model_00001-of-00002.safetensors"))
            + Files.size(TestData.bf16().resolve("model_00002-of-00002.safetensors"));
    Path audio = TestData.bf16().resolve("audio");
    long speech =
        Files.size(audio.resolve("audio_embeddings.pt"))
            + Files.size(audio.resolve("audio_output_layers.pt"));
    assertThat(plan.weightBytes()).isBetween((shards + speech) * 95 / 100, shards + speech);
    assertThat(plan.encoderBytes()).isBetween(2_500_000L, 6_000_000L);
    assertThat(plan.cacheBytesPerPosition()).isEqualTo(2 * 2 * (64 + 16) * 4);
    assertThat(plan.cacheBytes()).isEqualTo(1000 * plan.cacheBytesPerPosition());
    assertThat(plan.fits()).isTrue();

    CommandRun run = CommandRun.of("plan", "--model", TestData.bf16());
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("cache of 131072 positions").contains("It fits.");
  }

  @Test
  void what_does_not_fit_says_what_would() {
    Plan longContext = new Plan(600, 100, 1000, 1, 1000);
    assertThat(longContext.fits()).isFalse();
    assertThat(longContext.describe()).contains("It fits with contextLength(300) or less.");
    assertThat(new Plan(2000, 0, 1, 1, 1000).describe()).contains("does not fit");
  }
}
