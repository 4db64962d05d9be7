package io.longcat4j.benchmarks;

import com.sun.management.ThreadMXBean;
import io.longcat4j.Backend;
import io.longcat4j.Experts;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Numerics;
import io.longcat4j.Parallel;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendRequest;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.RunningSequence;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.RankedModel;
import io.longcat4j.spi.WorkerThreads;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Measures a checkpoint's language model in the vocabulary of {@code llama-bench}: {@code pp} feeds
 * a prompt of random tokens, {@code tg} generates from an empty context, each token fed alone and
 * its logits read. Immutable; one run at a time, or they disturb each other.
 */
public final class ModelBench {
  private static final int[] NO_AUDIO = {};
  private static final int TOKENS_BETWEEN_FLOORS = 8;

  /**
   * What to measure.
   *
   * @param checkpoint its directory
   * @param prompt tokens of a prompt
   * @param generated tokens of a generation
   * @param repetitions of each, after one that warms up
   * @param backend that computes
   * @param threads worker threads, or empty for one a core
   * @param numerics how exactly
   * @param parallel over how many ranks the model is spread
   * @param experts how they share its experts
   */
  public record Options(
      Path checkpoint,
      int prompt,
      int generated,
      int repetitions,
      Backend backend,
      OptionalInt threads,
      Numerics numerics,
      Parallel parallel,
      Experts experts) {
    /** A model that one rank holds, exactly. */
    public Options(
        Path checkpoint,
        int prompt,
        int generated,
        int repetitions,
        Backend backend,
        OptionalInt threads) {
      this(
          checkpoint,
          prompt,
          generated,
          repetitions,
          backend,
          threads,
          Numerics.EXACT,
          Parallel.single(),
          Experts.AUTO);
    }

    /** Every number is at least 1. */
    public Options {
      if (prompt < 1 || generated < 1 || repetitions < 1) {
        throw new InvalidRequestException(
            "a prompt of %d tokens, %d generated ones and %d repetitions cannot be measured; pass at least 1 of each"
                .formatted(prompt, generated, repetitions));
      }
    }

    int workers() {
      return threads.orElse(Runtime.getRuntime().availableProcessors());
    }
  }

  /** Everything one run sees; prompts and generations beside the floors of their time. */
  record Measured(
      String backend,
      double loadSeconds,
      double firstTokenSeconds,
      List<Timed> prompts,
      List<Timed> generations,
      double realExperts,
      double heapBytesPerToken,
      MemoryUse memory) {}

  /** A repetition, and the mean of the floors that were measured around it. */
  record Timed(double seconds, Floors floors) {}

  private final Options options;
  private final Consumer<String> progress;
  private final SplittableRandom random = new SplittableRandom(1);

  /**
   * Prepares a run.
   *
   * @param options what to measure
   * @param progress hears of every step
   */
  public ModelBench(Options options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @return floors, figures and tables
   */
  public BenchReport run() {
    return run(FloorMeter::open);
  }

  /** Takes part in what rank 0 measures, where this process is another rank. */
  public void follow() {
    try (RankedModel ranked = open(Checkpoint.open(options.checkpoint))) {
      ranked.follow();
    }
  }

  BenchReport run(IntFunction<FloorProbe> probes) {
    progress.accept("loading ...");
    long start = System.nanoTime();
    Checkpoint checkpoint = Checkpoint.open(options.checkpoint);
    try (RankedModel ranked = open(checkpoint)) {
      LanguageModel model = ranked.model();
      double loadSeconds = secondsSince(start);
      progress.accept("first prompt ...");
      float[] logits = new float[model.config().vocabSize()];
      double firstTokenSeconds = prompt(model, logits);
      generate(model, logits, () -> {});
      MemoryUse memory = MemoryUse.now(); // Before the floors take a large buffer.
      try (FloorLog floors = FloorLog.open(options.workers(), probes)) {
        Measured measured = measure(model, logits, floors, loadSeconds, firstTokenSeconds, memory);
        TokenCost cost = TokenCost.of(checkpoint.model(), checkpoint.weights());
        return new ModelReport(options, floors.summary(), cost, measured).report();
      }
    }
  }

  private RankedModel open(Checkpoint checkpoint) {
    BackendSelection backends = BackendSelection.onClassPath();
    WorkerThreads workers = WorkerThreads.unpinned(OptionalInt.of(options.workers()));
    return RankedModel.open(
        checkpoint,
        request -> backends.open(options.backend, request),
        BackendRequest.of(workers, options.numerics),
        options.parallel,
        options.experts);
  }

  private Measured measure(
      LanguageModel model,
      float[] logits,
      FloorLog floors,
      double loadSeconds,
      double firstTokenSeconds,
      MemoryUse memory) {
    List<Timed> prompts = new ArrayList<>();
    List<Timed> generations = new ArrayList<>();
    long allocated = 0;
    double experts = 0;
    for (int i = 0; i < options.repetitions; i++) {
      progress.accept("repetition " + (i + 1) + " of " + options.repetitions + " ...");
      List<Floors> beside = new ArrayList<>(List.of(floors.sample()));
      double seconds = prompt(model, logits);
      beside.add(floors.sample());
      prompts.add(new Timed(seconds, Floors.mean(beside)));
      Generated generated = generate(model, logits, () -> beside.add(floors.sample()));
      allocated += generated.heapBytes();
      // The first of them was measured before the prompt.
      Floors during = Floors.mean(beside.subList(1, beside.size()));
      generations.add(new Timed(generated.seconds(), during));
      experts += generated.realExperts() / options.repetitions;
    }
    return new Measured(
        model.backend().describe(),
        loadSeconds,
        firstTokenSeconds,
        prompts,
        generations,
        experts,
        (double) allocated / options.repetitions / options.generated,
        memory);
  }

  private double prompt(LanguageModel model, float[] logits) {
    PromptRows rows = PromptRows.of(ids(options.prompt, model));
    try (RunningSequence sequence =
        new RunningSequence(model, null, rows, options.prompt, AttentionPolicy.dense())) {
      long start = System.nanoTime();
      sequence.prefill();
      sequence.textLogits(logits);
      return secondsSince(start);
    }
  }

  private record Generated(double seconds, double realExperts, long heapBytes) {}

  /** Does something at the end of each group of tokens, which counts for none of them. */
  private Generated generate(LanguageModel model, float[] logits, Runnable between) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int[] ids = ids(options.generated, model);
    double seconds = 0;
    long heapBytes = 0;
    try (RunningSequence sequence =
        new RunningSequence(
            model, null, PromptRows.of(new int[0]), ids.length, AttentionPolicy.dense())) {
      for (int from = 0; from < ids.length; from += TOKENS_BETWEEN_FLOORS) {
        long before = threads.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        for (int i = from; i < Math.min(ids.length, from + TOKENS_BETWEEN_FLOORS); i++) {
          sequence.step(ids[i], NO_AUDIO);
          sequence.textLogits(logits);
        }
        seconds += secondsSince(start);
        heapBytes += threads.getCurrentThreadAllocatedBytes() - before;
        between.run();
      }
      return new Generated(seconds, sequence.expertsPerToken().mean(), heapBytes);
    }
  }

  private int[] ids(int count, LanguageModel model) {
    return random.ints(count, 0, model.config().vocabSize()).toArray();
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
