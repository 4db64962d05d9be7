package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Backend;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Numerics;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.spi.WorkerThreads;
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
  private static final int OVERHEAD_TOKENS = 300;
  private static final int OVERHEAD_CONTEXT = 16;

  /** Time outside kernels must not grow with these. */
  private static final List<Integer> HOST_CONTEXTS = List.of(1024, 131_072);

  private static final long MARGIN_BYTES = 4L << 30;

  /** Between operations of a prompt, which takes seconds. */
  private static final long NANOS_BETWEEN_FLOORS = 200_000_000;

  /**
   * What to measure.
   *
   * @param formats of the weights, measured one after the other
   * @param sizes of the layer
   * @param contexts positions in the cache, for decoding
   * @param prefills lengths of prompts
   * @param tokens decoded at each context
   * @param repetitions of each prompt
   * @param backend that computes
   * @param threads worker threads, or empty for one a core
   * @param numerics how exactly
   * @param directory of the generated checkpoints
   */
  public record Options(
      List<WeightFormat> formats,
      ModelSizes sizes,
      List<Integer> contexts,
      List<Integer> prefills,
      int tokens,
      int repetitions,
      Backend backend,
      OptionalInt threads,
      Numerics numerics,
      Path directory) {
    /** Copies the lists; every number is at least 1. */
    public Options {
      formats = List.copyOf(formats);
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

  /** What a token costs that has next to nothing to compute, and outside all kernels. */
  record Overhead(double seconds, double heapBytes, List<HostTime.At> host) {
    Overhead {
      host = List.copyOf(host);
    }
  }

  private final Options options;
  private final Consumer<String> progress;

  /**
   * Prepares a run.
   *
   * @param options what to measure
   * @param progress hears of every step
   */
  public LayerBench(Options options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * Measures. Writes checkpoints first where they are not there yet.
   *
   * @return floors, figures and tables
   * @throws InvalidRequestException if memory or disk are too small
   */
  public BenchReport run() {
    return run(FloorMeter::open);
  }

  BenchReport run(IntFunction<FloorProbe> probes) {
    try (FloorLog floors = FloorLog.open(options.workers(), probes)) {
      List<LayerReport> reports = measure(floors);
      Bars bars = new Bars();
      bars.addLayers(reports);
      List<BenchReport.Titled> tables = new ArrayList<>();
      bars.table().ifPresent(tables::add);
      ObjectNode figures = JsonNodeFactory.instance.objectNode();
      for (LayerReport report : reports) {
        tables.addAll(report.tables(floors.summary()));
        figures.set(report.format().name(), report.figures());
      }
      figures.set("bars", bars.figures());
      return new BenchReport(Optional.of(floors.summary()), tables, figures);
    }
  }

  /** One report for each format. */
  List<LayerReport> measure(FloorLog floors) {
    options.formats.forEach(format -> requireMemory(generator(format).bytes()));
    return options.formats.stream().map(format -> measure(format, floors)).toList();
  }

  private CheckpointGenerator generator(WeightFormat format) {
    return new CheckpointGenerator(options.sizes, format, 1);
  }

  private LayerReport measure(WeightFormat format, FloorLog floors) {
    CheckpointGenerator generator = generator(format);
    Overhead overhead = overhead(format);
    Path directory = directory(format, options.sizes);
    progress.accept(
        "weights in %s, %s ...".formatted(directory, Figures.gigabytes(generator.bytes())));
    generator.write(directory, Optional.empty());
    Checkpoint checkpoint = Checkpoint.open(directory);
    LayerRunner.touch(checkpoint);
    OperationClock clock = new OperationClock();
    try (ComputeBackend backend = openBackend();
        LayerRunner runner = new LayerRunner(checkpoint, clock.wrap(backend), positions())) {
      return new LayerReport(
          format,
          options.sizes,
          backend.describe(),
          TokenCost.of(checkpoint.model(), checkpoint.weights()),
          options.contexts.stream().map(context -> decode(runner, clock, context, floors)).toList(),
          options.prefills.stream().map(rows -> prefill(runner, clock, rows, floors)).toList(),
          overhead);
    }
  }

  private Decode decode(LayerRunner runner, OperationClock clock, int context, FloorLog floors) {
    progress.accept("decode at context " + context + " ...");
    runner.decode(context, WARM_UP_TOKENS);
    List<Decode.Token> tokens = new ArrayList<>();
    runner.decode(
        context,
        options.tokens,
        new LayerRunner.TokenListener() {
          private Floors beside = floors.sample();

          @Override
          public void before() {
            beside = floors.sample();
            clock.reset();
          }

          @Override
          public void after(double seconds, double realExperts) {
            Map<Part, Double> parts = clock.seconds();
            parts.remove(Part.EMBEDDING); // Making the input is no part of the layer.
            tokens.add(new Decode.Token(seconds, realExperts, beside, parts));
          }
        });
    return new Decode(context, tokens);
  }

  private Prefill prefill(LayerRunner runner, OperationClock clock, int rows, FloorLog floors) {
    progress.accept("prefill of " + rows + " ...");
    runner.prefill(Math.min(rows, 32));
    runner.resetExperts();
    List<Prefill.Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < options.repetitions; i++) {
      List<Floors> beside = new ArrayList<>();
      clock.reset();
      clock.between(() -> beside.add(floors.sample()), NANOS_BETWEEN_FLOORS);
      double seconds = runner.prefill(rows) - clock.pausedSeconds();
      clock.between(null, 0);
      prompts.add(new Prefill.Prompt(seconds, Floors.mean(beside)));
    }
    return new Prefill(rows, prompts, runner.realExperts());
  }

  /** The same steps over matrices so small that what remains is Java, calls and threads. */
  private Overhead overhead(WeightFormat format) {
    progress.accept("a layer of next to no arithmetic ...");
    ModelSizes sizes = ModelSizes.tinyLayer();
    Path directory = directory(format, sizes);
    new CheckpointGenerator(sizes, format, 1).write(directory, Optional.empty());
    try (ComputeBackend backend = openBackend();
        LayerRunner runner =
            new LayerRunner(Checkpoint.open(directory), backend, OVERHEAD_CONTEXT)) {
      runner.decode(OVERHEAD_CONTEXT, OVERHEAD_TOKENS);
      double seconds = runner.decode(OVERHEAD_CONTEXT, OVERHEAD_TOKENS).median();
      runner.heapBytesPerToken(OVERHEAD_CONTEXT, OVERHEAD_TOKENS);
      double heapBytes = runner.heapBytesPerToken(OVERHEAD_CONTEXT, OVERHEAD_TOKENS);
      return new Overhead(seconds, heapBytes, host());
    }
  }

  /** As many layers and positions as the published model has, in kernels that do not run. */
  private List<HostTime.At> host() {
    progress.accept("as many layers as are published, without arithmetic ...");
    ModelSizes sizes = ModelSizes.tinyLayers(ModelSizes.published().layers());
    Path directory = options.directory.resolve("host-" + sizes.layers());
    new CheckpointGenerator(sizes, WeightFormat.BF16, 1).write(directory, Optional.empty());
    try (ComputeBackend backend = openBackend()) {
      return HostTime.of(Checkpoint.open(directory), backend, HOST_CONTEXTS);
    }
  }

  private ComputeBackend openBackend() {
    return BackendSelection.onClassPath()
        .open(options.backend, WorkerThreads.unpinned(options.threads), options.numerics);
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
