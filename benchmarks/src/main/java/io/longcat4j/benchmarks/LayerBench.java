package io.longcat4j.benchmarks;

import io.longcat4j.Backend;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * Measures one layer at the published sizes: decoding at several contexts, prompts of several
 * lengths. Immutable; one run at a time, or they disturb each other.
 */
public final class LayerBench {
  private static final int WARM_UP_TOKENS = 3;
  private static final int OVERHEAD_TOKENS = 1000;
  private static final int OVERHEAD_CONTEXT = 16;
  private static final long MARGIN_BYTES = 3L << 30;

  /**
   * What to measure.
   *
   * @param format of the weights
   * @param sizes of the layer
   * @param contexts positions in the cache, for decoding
   * @param prefills lengths of prompts
   * @param tokens decoded at each context
   * @param repetitions of each prompt
   * @param backend that computes
   * @param threads worker threads, or empty for one a core
   * @param directory of the generated checkpoints
   */
  public record Options(
      WeightFormat format,
      ModelSizes sizes,
      List<Integer> contexts,
      List<Integer> prefills,
      int tokens,
      int repetitions,
      Backend backend,
      OptionalInt threads,
      Path directory) {
    /** Copies the lists; every number is at least 1. */
    public Options {
      contexts = List.copyOf(contexts);
      prefills = List.copyOf(prefills);
      Stream.concat(contexts.stream(), prefills.stream()).forEach(Options::requirePositive);
      requirePositive(tokens);
      requirePositive(repetitions);
    }

    private static void requirePositive(int value) {
      if (value < 1) {
        throw new InvalidRequestException(
            "a context, prompt or count of " + value + " cannot be measured; pass at least 1");
      }
    }

    int workers() {
      return threads.orElse(Runtime.getRuntime().availableProcessors());
    }
  }

  /** Tokens at a context, with the mean seconds of each part. */
  record Decode(int context, Sample seconds, double realExperts, Map<Part, Double> partSeconds) {}

  /** Prompts of one length. */
  record Prefill(int rows, Sample seconds, double realExperts) {}

  /** What a token costs that has next to nothing to compute. */
  record Overhead(double seconds, double heapBytes) {}

  private final Options options;
  private final Consumer<String> progress;
  private final IntFunction<Floors> floors;

  /**
   * Prepares a run.
   *
   * @param options what to measure
   * @param progress hears of every step
   */
  public LayerBench(Options options, Consumer<String> progress) {
    this(options, progress, Floors::measure);
  }

  LayerBench(Options options, Consumer<String> progress, IntFunction<Floors> floors) {
    this.options = options;
    this.progress = progress;
    this.floors = floors;
  }

  /**
   * Measures. Writes the checkpoint first where it is not there yet.
   *
   * @return floors, figures and tables
   * @throws InvalidRequestException if memory or disk are too small
   */
  public BenchReport run() {
    CheckpointGenerator generator = new CheckpointGenerator(options.sizes, options.format, 1);
    requireMemory(generator.bytes());
    progress.accept("floors ...");
    Floors before = floors.apply(options.workers());
    Overhead overhead = overhead();
    Path directory = directory(options.format, options.sizes);
    progress.accept(
        "weights in %s, %s ...".formatted(directory, Figures.gigabytes(generator.bytes())));
    generator.write(directory, Optional.empty());
    Checkpoint checkpoint = Checkpoint.open(directory);
    LayerRunner.touch(checkpoint);
    List<Decode> decodes = new ArrayList<>();
    List<Prefill> prefills = new ArrayList<>();
    String description;
    OperationClock clock = new OperationClock();
    try (ComputeBackend backend = openBackend();
        LayerRunner runner = new LayerRunner(checkpoint, clock.wrap(backend), positions())) {
      description = backend.describe();
      options.contexts.forEach(context -> decodes.add(decode(runner, clock, context)));
      options.prefills.forEach(rows -> prefills.add(prefill(runner, rows)));
    }
    progress.accept("floors again ...");
    Floors best = before.best(floors.apply(options.workers()));
    TokenCost cost = TokenCost.of(checkpoint.model(), checkpoint.weights());
    return new LayerReport(options, description, best, cost, decodes, prefills, overhead).report();
  }

  private Decode decode(LayerRunner runner, OperationClock clock, int context) {
    progress.accept("decode at context " + context + " ...");
    runner.decode(context, WARM_UP_TOKENS);
    runner.resetExperts();
    clock.reset();
    Sample seconds = runner.decode(context, options.tokens);
    Map<Part, Double> parts = clock.seconds(options.tokens);
    parts.remove(Part.EMBEDDING); // Making the input is no part of the layer.
    return new Decode(context, seconds, runner.realExperts(), parts);
  }

  private Prefill prefill(LayerRunner runner, int rows) {
    progress.accept("prefill of " + rows + " ...");
    runner.prefill(Math.min(rows, 32));
    runner.resetExperts();
    double[] seconds = new double[options.repetitions];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = runner.prefill(rows);
    }
    return new Prefill(rows, new Sample(seconds), runner.realExperts());
  }

  /** The same steps over matrices so small that what remains is Java, calls and threads. */
  private Overhead overhead() {
    progress.accept("a layer of next to no arithmetic ...");
    ModelSizes sizes = ModelSizes.tinyLayer();
    Path directory = directory(options.format, sizes);
    new CheckpointGenerator(sizes, options.format, 1).write(directory, Optional.empty());
    try (ComputeBackend backend = openBackend();
        LayerRunner runner =
            new LayerRunner(Checkpoint.open(directory), backend, OVERHEAD_CONTEXT)) {
      runner.decode(OVERHEAD_CONTEXT, OVERHEAD_TOKENS);
      double seconds = runner.decode(OVERHEAD_CONTEXT, OVERHEAD_TOKENS).median();
      runner.heapBytesPerToken(OVERHEAD_CONTEXT, OVERHEAD_TOKENS);
      return new Overhead(seconds, runner.heapBytesPerToken(OVERHEAD_CONTEXT, OVERHEAD_TOKENS));
    }
  }

  private ComputeBackend openBackend() {
    return BackendSelection.onClassPath().open(options.backend, options.threads);
  }

  private Path directory(WeightFormat format, ModelSizes sizes) {
    return options.directory.resolve(
        "layer-%s-%d-%d".formatted(format, sizes.hidden(), sizes.experts()));
  }

  private int positions() {
    return Collections.max(
        Stream.concat(options.contexts.stream(), options.prefills.stream()).toList());
  }

  private void requireMemory(long weightBytes) {
    ModelSizes sizes = options.sizes;
    long cache = 2L * sizes.layers() * positions() * (sizes.latent() + sizes.rope()) * Float.BYTES;
    long needed = weightBytes + cache + MARGIN_BYTES;
    long available = Machine.availableMemoryBytes();
    if (needed > available) {
      throw new InvalidRequestException(
          "%s of memory are needed, but %s are available; pass fewer --experts than %d or smaller"
                  .formatted(
                      Figures.gigabytes(needed), Figures.gigabytes(available), sizes.experts())
              + " --contexts");
    }
  }
}
