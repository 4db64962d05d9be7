package io.longcat4j.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.longcat4j.Backend;
import io.longcat4j.Generation;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.model.Fixture;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.Pass;
import io.longcat4j.model.Served;
import io.longcat4j.testing.TestData;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a token leaves behind on the Java heap; counted by the JVM, so the same on any machine. Each
 * pass, and each audio head of a step, is a value of its own, which other ranks may be sent.
 */
class DecodeAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int WARM_UP = 40;
  private static final int TOKENS = 100;

  /** No object is smaller. */
  private static final int SMALLEST_OBJECT = 16;

  private static Fixture fixture;

  @BeforeAll
  static void open() {
    fixture = Fixture.open(TestData.bf16(), Backend.auto());
    assumeTrue(fixture.model().backend().name().equals("cpu"), "needs the native kernels");
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @Test
  void aPassThatIsMadeAllocatesNothing() {
    LanguageModel model = fixture.model();
    try (Served served = Served.of(model, null, 3);
        SequenceCache sequence = served.cache().open(3)) {
      Pass again = Pass.ofTokens(new int[] {5}, 2, sequence.table(), 0);
      float[] logits = new float[model.config().vocabSize()];
      Runnable pass =
          () -> {
            served.runner().run(again);
            served.runner().picks();
            served.runner().textLogits(0, logits);
          };
      repeat(WARM_UP, pass);
      assertThat(bytes(() -> repeat(TOKENS, pass)) / TOKENS).isLessThan(SMALLEST_OBJECT);
    }
  }

  @Test
  void aGreedyTokenAllocatesAFewHundredBytes() {
    assertThat(bytesPerToken(Generation.text())).isLessThan(500);
  }

  @Test
  void aSampledTokenAllocatesAFewHundredBytes() {
    Generation sampled =
        Generation.builder().topK(0).topP(0.9).repetitionPenalty(1.1).seed(3).build();
    assertThat(bytesPerToken(sampled)).isLessThan(500);
  }

  @Test
  void aStepOfTextAndSpeechAllocatesAFewHundredBytes() {
    SpeechDecoding endless =
        new SpeechDecoding(
            new Sampler(Generation.text()),
            id -> false,
            EndOfText.never(),
            /* pauseId= */ -1,
            fixture.model().config().audioHeadNum(),
            Integer.MAX_VALUE);
    assertThat(bytesPerToken(endless)).isLessThan(1200);
  }

  private static long bytesPerToken(Generation generation) {
    return bytesPerToken(
        new TextDecoding(
            new Sampler(generation), id -> false, EndOfText.never(), Integer.MAX_VALUE));
  }

  /** In the second half of a generation, when everything has grown to its size. */
  private static long bytesPerToken(Decoding endless) {
    long[] marks = new long[WARM_UP + TOKENS + 1];
    try (RunningSequence sequence =
        new RunningSequence(
            fixture.model(),
            fixture.speechHeads(),
            PromptRows.of(new int[] {5, 6, 7}),
            3 + WARM_UP + TOKENS,
            AttentionPolicy.dense())) {
      sequence.prefill();
      for (int step = 0; step <= WARM_UP + TOKENS; step++) {
        marks[step] = THREADS.getCurrentThreadAllocatedBytes();
        if (step < WARM_UP + TOKENS) {
          sequence.advance(endless);
        }
      }
    }
    return (marks[WARM_UP + TOKENS] - marks[WARM_UP]) / TOKENS;
  }

  private static void repeat(int times, Runnable action) {
    for (int i = 0; i < times; i++) {
      action.run();
    }
  }

  private static long bytes(Runnable action) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    action.run();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
