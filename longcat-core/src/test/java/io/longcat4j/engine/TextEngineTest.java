package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.longcat4j.Attention;
import io.longcat4j.Audio;
import io.longcat4j.CachePrecision;
import io.longcat4j.DeadlineExceededException;
import io.longcat4j.EngineBusyException;
import io.longcat4j.FinishReason;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.Image;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LoadingProgress;
import io.longcat4j.LongCat;
import io.longcat4j.LongCatException;
import io.longcat4j.MissingModuleException;
import io.longcat4j.Parallel;
import io.longcat4j.Pixels;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;
import io.longcat4j.Samples;
import io.longcat4j.Scheduling;
import io.longcat4j.WeightMemory;
import io.longcat4j.testing.TestData;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The engine with longcat-core alone on the class path. */
class TextEngineTest {
  private static final Prompt QUESTION = Prompt.user("What is the capital of France?");
  private static final Generation TWELVE =
      Generation.builder().maxNewTokens(12).ignoreEos(true).build();

  private static LongCat longcat;

  @BeforeAll
  static void load() {
    longcat = LongCat.builder().model(TestData.bf16()).build();
    // Without native kernels the first reply of an engine says so.
    longcat.generate(QUESTION, TWELVE);
  }

  @AfterAll
  static void close() {
    longcat.close();
  }

  @Test
  void aTokenLeavesLessThanAKilobyteOnTheHeap() {
    assumeTrue(longcat.describe().contains("cpu: "), "needs the native kernels");
    heapBytes(200);
    assertThat((heapBytes(200) - heapBytes(50)) / 150).isLessThan(1024);
  }

  private static long heapBytes(int newTokens) {
    long before = allocated();
    longcat.generate(
        QUESTION, Generation.builder().maxNewTokens(newTokens).ignoreEos(true).build());
    return allocated() - before;
  }

  /** By this thread and the one that runs the model. */
  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long models =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("longcat-scheduler"))
            .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.getId()))
            .sum();
    assertThat(models).isPositive();
    return threads.getCurrentThreadAllocatedBytes() + models;
  }

  @Test
  void aDeadlineEndsTheRequestAndNoOther() {
    Generation hasty = TWELVE.toBuilder().timeout(Duration.ofNanos(1)).build();
    assertThatThrownBy(() -> longcat.generate(QUESTION, hasty))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("not complete after PT");
    Generation patient = TWELVE.toBuilder().timeout(Duration.ofDays(300_000)).priority(3).build();
    assertThat(longcat.generate(QUESTION, patient).textIds()).hasSize(12);
  }

  @Test
  void aSmallCacheBoundsTheContext() {
    Scheduling small = Scheduling.builder().cacheBytes(200_000).maxRunning(2).build();
    try (LongCat tight = LongCat.builder().model(TestData.bf16()).scheduling(small).build()) {
      assertThat(tight.describe()).contains("cache: ").contains(" pages of 16 positions");
      assertThat(tight.generate(QUESTION, TWELVE).textIds())
          .isEqualTo(longcat.generate(QUESTION, TWELVE).textIds());
      Prompt huge = Prompt.user("word ".repeat(400));
      assertThatThrownBy(() -> tight.generate(huge, TWELVE))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("the context holds")
          .hasMessageContaining("cacheBytes");
    }
  }

  @ParameterizedTest
  @EnumSource(CachePrecision.class)
  void aCacheOfFewerBitsHoldsMorePositions(CachePrecision precision) {
    Scheduling kept = Scheduling.builder().cachePrecision(precision).cacheBytes(500_000).build();
    try (LongCat rounded = LongCat.builder().model(TestData.bf16()).scheduling(kept).build()) {
      assertThat(rounded.describe()).contains(" positions in " + precision);
      Reply cold = rounded.generate(QUESTION, TWELVE);
      Reply warm = rounded.generate(QUESTION, TWELVE);
      assertThat(warm.textIds()).hasSize(12).isEqualTo(cold.textIds());
      assertThat(cold.statistics().cacheBytes())
          .isBetween(1L, longcat.generate(QUESTION, TWELVE).statistics().cacheBytes());
    }
  }

  @Test
  void aFullQueueRefuses() {
    Scheduling one = Scheduling.builder().maxRunning(1).queueLimit(1).build();
    Generation endless = Generation.builder().maxNewTokens(100_000).ignoreEos(true).build();
    Generation hasty = endless.toBuilder().timeout(Duration.ofMillis(1)).build();
    LongCat busy = LongCat.builder().model(TestData.bf16()).scheduling(one).build();
    // The common pool may have one thread alone.
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<CompletableFuture<Reply>> waiting = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      waiting.add(CompletableFuture.supplyAsync(() -> retrying(busy, endless), threads));
    }
    LongCatException refusal = null;
    while (!(refusal instanceof EngineBusyException)) {
      try {
        busy.generate(QUESTION, hasty);
      } catch (EngineBusyException | DeadlineExceededException e) {
        refusal = e;
      }
    }
    assertThat(refusal).hasMessageContaining("1 requests wait already");
    busy.close();
    for (CompletableFuture<Reply> reply : waiting) {
      assertThatThrownBy(reply::join).hasCauseInstanceOf(GenerationCancelledException.class);
    }
    threads.shutdown();
  }

  private static Reply retrying(LongCat busy, Generation generation) {
    while (true) {
      try {
        return busy.generate(QUESTION, generation);
      } catch (EngineBusyException e) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void aReplyHasWordsIdsAndFigures() {
    Reply reply = longcat.generate(QUESTION, TWELVE);
    assertThat(reply.textIds()).hasSize(12);
    assertThat(reply.text()).isNotBlank();
    assertThat(reply.speech()).isEmpty();
    assertThat(reply.codecFrames()).isEmpty();
    assertThat(reply.warnings()).isEmpty();
    assertThat(reply.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(reply.statistics().newTokens()).isEqualTo(12);
    assertThat(reply.statistics().promptTokens()).isBetween(15, 60);
    assertThat(reply.statistics().expertsPerToken()).isBetween(0.5, 4.0);
    assertThat(reply.statistics().decode()).isPositive();
  }

  @Test
  void theTextEndsBeforeAStopString() {
    String whole = longcat.generate(QUESTION, TWELVE).text();
    String stop = whole.substring(whole.length() / 2, whole.length() / 2 + 3);
    Reply reply = longcat.generate(QUESTION, TWELVE.toBuilder().stop("\u0000", stop).build());
    assertThat(reply.text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
    assertThat(reply.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(reply.textIds().size()).isLessThanOrEqualTo(12);
  }

  @Test
  void theSameSeedGivesTheSameReply() {
    Generation sampled = TWELVE.toBuilder().topK(0).topP(0.95).temperature(1.5).seed(3).build();
    assertThat(longcat.generate(QUESTION, sampled).textIds())
        .isEqualTo(longcat.generate(QUESTION, sampled).textIds())
        .isNotEqualTo(longcat.generate(QUESTION, TWELVE).textIds());
  }

  @Test
  void requestsOfManyThreadsGiveWhatEachGivesAlone() {
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      prompts.add(Prompt.user("Question " + i));
    }
    List<Reply> alone = prompts.stream().map(p -> longcat.generate(p, TWELVE)).toList();
    List<CompletableFuture<Reply>> together =
        prompts.stream()
            .map(p -> CompletableFuture.supplyAsync(() -> longcat.generate(p, TWELVE)))
            .toList();
    for (int i = 0; i < prompts.size(); i++) {
      assertThat(together.get(i).join().textIds()).isEqualTo(alone.get(i).textIds());
    }
  }

  @Test
  void sparseAttentionOverEverythingIsDense() {
    try (LongCat sparse =
        LongCat.builder().model(TestData.bf16()).attention(Attention.topK(100_000)).build()) {
      assertThat(sparse.generate(QUESTION, TWELVE).textIds())
          .isEqualTo(longcat.generate(QUESTION, TWELVE).textIds());
    }
  }

  @Test
  void eyesEarsAndVoiceAreMissedByTheNameOfTheirArtifact() {
    Prompt picture = Prompt.user(Image.of(new Pixels(28, 28, new byte[28 * 28 * 3])));
    assertThatThrownBy(() -> longcat.generate(picture))
        .isInstanceOf(MissingModuleException.class)
        .hasMessageContaining("io.longcat4j:longcat-vision");
    Prompt sound = Prompt.user(Audio.of(new Samples(new float[16000], 16000)));
    assertThatThrownBy(() -> longcat.generate(sound))
        .isInstanceOf(MissingModuleException.class)
        .hasMessageContaining("io.longcat4j:longcat-audio");
    assertThatThrownBy(() -> longcat.generate(QUESTION, Generation.speech()))
        .isInstanceOf(MissingModuleException.class)
        .hasMessageContaining("io.longcat4j:longcat-audio");
  }

  @Test
  void theDescriptionNamesCheckpointAndBackend() {
    assertThat(longcat.describe())
        .contains("random-bf16")
        .contains("2 layers, 16 + 8 experts")
        .contains("language model: ")
        .contains("vision: none");
  }

  @Test
  void closingEndsARunningGenerationWithAReason() throws InterruptedException {
    LongCat closing = LongCat.builder().model(TestData.bf16()).build();
    Generation endless = Generation.builder().maxNewTokens(100_000).ignoreEos(true).build();
    CountDownLatch started = new CountDownLatch(1);
    CompletableFuture<Reply> running =
        CompletableFuture.supplyAsync(
            () -> {
              started.countDown();
              return closing.generate(QUESTION, endless);
            });
    started.await();
    closing.close();
    closing.close();
    assertThatThrownBy(running::join)
        .hasCauseInstanceOf(GenerationCancelledException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> closing.generate(QUESTION))
        .isInstanceOf(GenerationCancelledException.class)
        .hasMessageContaining("build a new one");
    assertThatThrownBy(closing::describe).isInstanceOf(GenerationCancelledException.class);
  }

  @Test
  void interruptionEndsARunningGeneration() throws InterruptedException {
    Generation endless = Generation.builder().maxNewTokens(100_000).ignoreEos(true).build();
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread generating =
        new Thread(
            () -> {
              try {
                longcat.generate(QUESTION, endless);
                outcome.complete(new AssertionError("it ended by itself"));
              } catch (GenerationCancelledException e) {
                outcome.complete(e);
              }
            });
    generating.start();
    generating.interrupt();
    generating.join();
    assertThat(outcome.join())
        .isInstanceOf(GenerationCancelledException.class)
        .hasMessageContaining("interrupted");
    assertThat(longcat.generate(QUESTION, TWELVE).textIds()).hasSize(12);
  }

  @Test
  void descriptionsTellWhatAndWhy() {
    String description = longcat.describe();
    assumeTrue(description.contains("cpu: "), "needs the native kernels");
    assertThat(description)
        .contains("the best that this processor has")
        .contains("exact numerics")
        .contains("for each available processor")
        .contains("MB mapped")
        .contains("read in the background")
        .contains("not locked (not asked for), huge pages not asked for");
  }

  @ParameterizedTest
  @EnumSource(WeightMemory.Mode.class)
  void weightsComeInEveryWayAndTheReplyIsTheSame(WeightMemory.Mode mode) {
    List<LoadingProgress.Phase> heard = new ArrayList<>();
    try (LongCat other =
        LongCat.builder()
            .model(TestData.bf16())
            .weights(new WeightMemory(mode, /* hugePages= */ true))
            .onProgress(progress -> heard.add(progress.phase()))
            .build()) {
      assertThat(other.generate(QUESTION, TWELVE).textIds())
          .isEqualTo(longcat.generate(QUESTION, TWELVE).textIds());
      boolean waited = mode == WeightMemory.Mode.PRELOADED || mode == WeightMemory.Mode.LOCKED;
      boolean known = other.describe().contains("MB mapped, ");
      assertThat(heard.contains(LoadingProgress.Phase.WEIGHTS)).isEqualTo(waited && known);
    }
  }

  @Test
  void loadingIsHeardPhaseByPhaseAndByteByByte() {
    List<LoadingProgress> heard = new ArrayList<>();
    LongCat.builder().model(TestData.fp8()).onProgress(heard::add).build().close();
    assertThat(heard)
        .extracting(LoadingProgress::phase)
        .contains(LoadingProgress.Phase.CONFIGURATION, LoadingProgress.Phase.LANGUAGE_MODEL)
        .endsWith(LoadingProgress.Phase.READY);
    List<LoadingProgress> weights =
        heard.stream()
            .filter(event -> event.phase() == LoadingProgress.Phase.LANGUAGE_MODEL)
            .toList();
    assertThat(weights).extracting(LoadingProgress::bytesDone).isSorted();
    LoadingProgress last = weights.get(weights.size() - 1);
    assertThat(last.bytesDone()).isEqualTo(last.bytesTotal());
    assertThat(weights.subList(0, weights.size() - 1))
        .allSatisfy(event -> assertThat(event.bytesDone()).isLessThan(event.bytesTotal()));
    assertThat(weights).extracting(LoadingProgress::file).containsOnly("model.safetensors");
  }

  @Test
  void aModuleThatAnotherRankLacksIsMissingThere() {
    Parallel elsewhere = Parallel.local(2).encodersOn(1);
    try (LongCat ranks = LongCat.builder().model(TestData.bf16()).parallel(elsewhere).build()) {
      assertThat(ranks.generate(QUESTION, TWELVE).textIds())
          .isEqualTo(longcat.generate(QUESTION, TWELVE).textIds());
      assertThatThrownBy(() -> ranks.generate(Prompt.user(Image.of(new Pixels(1, 1, new byte[3])))))
          .isInstanceOf(MissingModuleException.class)
          .hasMessageContainingAll("class path of rank 1", "io.longcat4j:longcat-vision");
    }
  }
}
