package io.longcat4j.benchmarks;

import com.sun.management.ThreadMXBean;
import io.longcat4j.Backend;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LoadingListener;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.RunningSequence;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.parallel.Ranks;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
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

  /**
   * What to measure.
   *
   * @param checkpoint its directory
   * @param prompt tokens of a prompt
   * @param generated tokens of a generation
   * @param repetitions of each, after one that warms up
   * @param backend that computes
   * @param threads worker threads, or empty for one a core
   */
  public record Options(
      Path checkpoint,
      int prompt,
      int generated,
      int repetitions,
      Backend backend,
      OptionalInt threads) {
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

  /** Everything one run sees. */
  record Measured(
      String backend,
      double loadSeconds,
      double firstTokenSeconds,
      Sample prompt,
      Sample generation,
      double realExperts,
      double heapBytesPerToken,
      MemoryUse memory) {}

  private final Options options;
  private final Consumer<String> progress;
  private final IntFunction<Floors> floors;
  private final SplittableRandom random = new SplittableRandom(1);

  /**
   * Prepares a run.
   *
   * @param options what to measure
   * @param progress hears of every step
   */
  public ModelBench(Options options, Consumer<String> progress) {
    this(options, progress, Floors::measure);
  }

  ModelBench(Options options, Consumer<String> progress, IntFunction<Floors> floors) {
    this.options = options;
    this.progress = progress;
    this.floors = floors;
  }

  /**
   * Measures.
   *
   * @return floors, figures and tables
   */
  public BenchReport run() {
    progress.accept("floors ...");
    Floors before = floors.apply(options.workers());
    progress.accept("loading ...");
    long start = System.nanoTime();
    Checkpoint checkpoint = Checkpoint.open(options.checkpoint);
    Measured measured;
    try (ComputeBackend backend =
            BackendSelection.onClassPath().open(options.backend, options.threads);
        LanguageModel model =
            LanguageModel.load(
                checkpoint.model(),
                checkpoint.weights(),
                backend,
                Ranks.single(),
                LoadingListener.silent())) {
      measured = measure(model, secondsSince(start));
    }
    progress.accept("floors again ...");
    Floors best = before.best(floors.apply(options.workers()));
    TokenCost cost = TokenCost.of(checkpoint.model(), checkpoint.weights());
    return new ModelReport(options, best, cost, measured).report();
  }

  private Measured measure(LanguageModel model, double loadSeconds) {
    float[] logits = new float[model.config().vocabSize()];
    progress.accept("first prompt ...");
    double firstTokenSeconds = prompt(model, logits);
    double[] prompts = new double[options.repetitions];
    double[] generations = new double[options.repetitions];
    generate(model, logits);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = 0;
    double experts = 0;
    for (int i = 0; i < options.repetitions; i++) {
      progress.accept("repetition " + (i + 1) + " of " + options.repetitions + " ...");
      prompts[i] = prompt(model, logits);
      long before = threads.getCurrentThreadAllocatedBytes();
      Generated generated = generate(model, logits);
      allocated += threads.getCurrentThreadAllocatedBytes() - before;
      generations[i] = generated.seconds();
      experts += generated.realExperts() / options.repetitions;
    }
    return new Measured(
        model.backend().describe(),
        loadSeconds,
        firstTokenSeconds,
        new Sample(prompts),
        new Sample(generations),
        experts,
        (double) allocated / options.repetitions / options.generated,
        MemoryUse.now());
  }

  private double prompt(LanguageModel model, float[] logits) {
    PromptRows rows = PromptRows.of(ids(options.prompt, model));
    try (RunningSequence sequence = new RunningSequence(model, null, rows, options.prompt, 0)) {
      long start = System.nanoTime();
      sequence.prefill();
      sequence.textLogits(logits);
      return secondsSince(start);
    }
  }

  private record Generated(double seconds, double realExperts) {}

  private Generated generate(LanguageModel model, float[] logits) {
    int[] ids = ids(options.generated, model);
    try (RunningSequence sequence =
        new RunningSequence(model, null, PromptRows.of(new int[0]), ids.length, 0)) {
      long start = System.nanoTime();
      for (int id : ids) {
        sequence.step(id, NO_AUDIO);
        sequence.textLogits(logits);
      }
      return new Generated(secondsSince(start), sequence.expertsPerToken().mean());
    }
  }

  private int[] ids(int count, LanguageModel model) {
    return random.ints(count, 0, model.config().vocabSize()).toArray();
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
