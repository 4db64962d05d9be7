package io.longcat4j.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.longcat4j.Backend;
import io.longcat4j.Generation;
import io.longcat4j.LongCatException;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.decode.Decoding;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.Sampler;
import io.longcat4j.decode.SpeechDecoding;
import io.longcat4j.decode.TextDecoding;
import io.longcat4j.model.Fixture;
import io.longcat4j.model.Served;
import io.longcat4j.testing.DraftingCheckpoint;
import io.longcat4j.testing.TestData;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a step of a batch leaves on the Java heap, commands included; counted by the JVM. */
class StepAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int BATCH = 4;
  private static final int WARM_UP = 60;
  private static final int STEPS = 100;
  private static final int LENGTH = WARM_UP + STEPS + 40;

  @Test
  void aStepAllocatesAFewHundredBytesForEachRequest() {
    long text =
        bytesPerStep(
            () ->
                new TextDecoding(
                    new Sampler(Generation.text()), id -> false, EndOfText.never(), LENGTH));
    assertThat(text / BATCH).isLessThan(500);
  }

  @Test
  void aStepOfSpeechAllocatesAFewHundredBytesForEachRequest() {
    long speech =
        bytesPerStep(
            () ->
                new SpeechDecoding(
                    new Sampler(Generation.text()),
                    id -> false,
                    EndOfText.never(),
                    /* pauseId= */ -1,
                    4,
                    LENGTH));
    assertThat(speech / BATCH).isLessThan(900);
  }

  @Test
  void aStepWithDraftsAllocatesAFewHundredBytesForEachRequest(@TempDir Path folder) {
    try (Fixture drafting =
        Fixture.openDrafting(DraftingCheckpoint.random(folder.resolve("mtp")), Backend.auto())) {
      long text =
          bytesPerStep(
              drafting,
              () ->
                  new TextDecoding(
                      new Sampler(Generation.text()), id -> false, EndOfText.never(), LENGTH));
      assertThat(text / BATCH).isLessThan(700);
    }
  }

  private interface Making {
    Decoding make();
  }

  private static long bytesPerStep(Making decodings) {
    try (Fixture fixture = Fixture.open(TestData.bf16(), Backend.auto())) {
      return bytesPerStep(fixture, decodings);
    }
  }

  private static long bytesPerStep(Fixture fixture, Making decodings) {
    try (Served served = Served.of(fixture.model(), fixture.speechHeads(), BATCH * (LENGTH + 16));
        Scheduler scheduler =
            new Scheduler(
                served.runner(),
                AttentionPolicy.dense(),
                served.cache(),
                new Limits(BATCH, BATCH),
                new GapControl(64, 2.5),
                System::nanoTime)) {
      assumeTrue(fixture.model().backend().name().equals("cpu"), "needs the native kernels");
      for (int i = 0; i < BATCH; i++) {
        PromptRows prompt = PromptRows.of(new int[] {5, 6, 7 + i});
        Sink sink = new Silent();
        scheduler.submit(
            new Submission(prompt, decodings.make(), LENGTH, 0, Optional.empty(), sink));
      }
      steps(scheduler, WARM_UP);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      steps(scheduler, STEPS);
      return (THREADS.getCurrentThreadAllocatedBytes() - before) / STEPS;
    }
  }

  private static void steps(Scheduler scheduler, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(scheduler.runOneStep()).isTrue();
    }
  }

  private static final class Silent implements Sink {
    @Override
    public void onDone(Outcome outcome) {
      throw new AssertionError("it must not end during the measurement");
    }

    @Override
    public void onFailed(LongCatException reason) {
      assertThat(reason).hasMessageContaining("closed");
    }
  }
}
