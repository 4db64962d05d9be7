package io.longcat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.LongCat;
import io.longcat4j.Plan;
import io.longcat4j.Scheduling;
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
    assertThat(plan.contextLength()).isEqualTo(1000);
    assertThat(plan.cachePositions()).isBetween(1000, 8 * 1000);
    assertThat(plan.cacheBytes()).isEqualTo(plan.cachePositions() * plan.cacheBytesPerPosition());
    assertThat(plan.fits()).isTrue();

    CommandRun run = CommandRun.of("plan", "--model", TestData.bf16());
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).containsPattern("cache of \\d{6,} positions").contains("It fits.");
  }

  @Test
  void the_cache_is_what_scheduling_asks_for() {
    Scheduling small = Scheduling.builder().cacheBytes(64 * 1280 + 1).build();
    Plan plan = LongCat.builder().model(TestData.bf16()).scheduling(small).plan();
    assertThat(plan.cachePositions()).isEqualTo(64);
    assertThat(plan.contextLength()).isEqualTo(64);
    assertThat(plan.cacheBytes()).isEqualTo(64 * plan.cacheBytesPerPosition());
  }

  @Test
  void what_does_not_fit_says_what_would() {
    Plan longContext = new Plan(600, 100, 500, 2, 500, 1000);
    assertThat(longContext.fits()).isFalse();
    assertThat(longContext.describe())
        .contains("It fits with a cache of 150 positions: ask for cacheBytes(300) or less.");
    assertThat(new Plan(2000, 0, 1, 1, 1, 1000).describe()).contains("does not fit");
  }
}
