package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Attention;
import io.longcat4j.Backend;
import io.longcat4j.CachePrecision;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.RowFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Measures policies of attention against dense attention, token by token in turns, over one layer
 * at the published sizes and latents drawn at random. Immutable; one run at a time.
 */
public final class AttentionBench {
  private static final int WARM_UP_TOKENS = 2;

  /** Integers of 8 bits take a quarter of the memory, and four products where F32 has one. */
  private static final double INTEGER = 0.25;

  /**
   * What to measure.
   *
   * @param format of the weights
   * @param sizes of the layer
   * @param policies each against dense attention
   * @param contexts positions in the cache
   * @param tokens decoded at each context by each policy
   * @param cache in which numbers past positions are kept
   * @param backend that computes
   * @param threads worker threads, or empty for one a core
   * @param directory of the generated checkpoint
   */
  public record Options(
      WeightFormat format,
      ModelSizes sizes,
      List<Attention> policies,
      List<Integer> contexts,
      int tokens,
      CachePrecision cache,
      Backend backend,
      OptionalInt threads,
      Path directory) {
    /** Copies the lists; every number is at least 1. */
    public Options {
      policies = List.copyOf(policies);
      contexts = List.copyOf(contexts);
      if (tokens < 1 || contexts.isEmpty() || Collections.min(contexts) < 1) {
        throw new InvalidRequestException(
            "contexts " + contexts + " with " + tokens + " tokens; pass at least 1");
      }
      for (Attention policy : policies) {
        if (policy.isDense()) {
          throw new InvalidRequestException("every policy is measured against dense: leave it out");
        }
      }
    }
  }

  /** What a token did with a policy. */
  private record Measured(Sample seconds, Sample attention) {}

  private final Options options;
  private final Consumer<String> progress;

  /**
   * Prepares a run.
   *
   * @param options what to measure
   * @param progress hears of every step
   */
  public AttentionBench(Options options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * Measures. Writes the checkpoint first where it is not there yet.
   *
   * @return floors, figures and one table a context
   */
  public BenchReport run() {
    int threads = options.threads.orElse(Runtime.getRuntime().availableProcessors());
    try (FloorLog floors = FloorLog.open(threads)) {
      CheckpointGenerator generator = new CheckpointGenerator(options.sizes, options.format, 1);
      Path directory =
          options.directory.resolve(
              "layer-%s-%d-%d"
                  .formatted(options.format, options.sizes.hidden(), options.sizes.experts()));
      progress.accept("weights in " + directory + " ...");
      generator.write(directory, Optional.empty());
      Checkpoint checkpoint = Checkpoint.open(directory);
      LayerRunner.touch(checkpoint);
      List<ResultTable> tables = new ArrayList<>();
      for (int i = 0; i < options.contexts.size(); i++) {
        tables.add(
            new ResultTable(
                "attention",
                "kept",
                "attention part",
                "over dense",
                "token",
                "over dense",
                "read at least",
                "products at least",
                "precision",
                "mass"));
      }
      ObjectNode figures = JsonNodeFactory.instance.objectNode();
      for (Attention policy : options.policies) {
        measure(checkpoint, policy, floors, tables, figures);
      }
      List<BenchReport.Titled> titled = new ArrayList<>();
      for (int i = 0; i < tables.size(); i++) {
        String title =
            "Attention at %d positions, weights in %s, cache in %s"
                .formatted(options.contexts.get(i), options.format, options.cache);
        titled.add(new BenchReport.Titled(title, tables.get(i)));
      }
      return new BenchReport(Optional.of(floors.summary()), titled, figures);
    }
  }

  private void measure(
      Checkpoint checkpoint,
      Attention wanted,
      FloorLog floors,
      List<ResultTable> tables,
      ObjectNode figures) {
    progress.accept("attention " + wanted + " ...");
    AttentionPolicy policy = AttentionPolicy.of(wanted);
    OperationClock clock = new OperationClock();
    RowFormat rows = RowFormat.valueOf(options.cache.name());
    int positions = Collections.max(options.contexts);
    try (ComputeBackend backend =
            BackendSelection.onClassPath().open(options.backend, options.threads);
        SparseRunner runner =
            new SparseRunner(checkpoint, clock.wrap(backend), positions, rows, policy)) {
      for (int i = 0; i < options.contexts.size(); i++) {
        int context = options.contexts.get(i);
        progress.accept("  at context " + context + " ...");
        List<double[]> dense = new ArrayList<>();
        List<double[]> sparse = new ArrayList<>();
        for (int token = -WARM_UP_TOKENS; token < options.tokens; token++) {
          floors.sample();
          double[] first = token(runner, clock, context, true);
          double[] second = token(runner, clock, context, false);
          if (token >= 0) {
            dense.add(first);
            sparse.add(second);
          }
        }
        double[] precise = runner.measure(context);
        add(
            checkpoint.model(),
            wanted,
            context,
            floors.summary().median(),
            sample(dense),
            sample(sparse),
            precise,
            tables.get(i),
            figures);
      }
    }
  }

  private static double[] token(
      SparseRunner runner, OperationClock clock, int context, boolean dense) {
    clock.reset();
    double seconds = runner.decode(context, dense);
    return new double[] {seconds, clock.seconds().getOrDefault(Part.CACHE, 0.0)};
  }

  private static Measured sample(List<double[]> tokens) {
    return new Measured(
        new Sample(tokens.stream().mapToDouble(token -> token[0]).toArray()),
        new Sample(tokens.stream().mapToDouble(token -> token[1]).toArray()));
  }

  private void add(
      ModelConfig config,
      Attention wanted,
      int context,
      Floors floors,
      Measured dense,
      Measured sparse,
      double[] precise,
      ResultTable table,
      ObjectNode figures) {
    AttentionPolicy policy = AttentionPolicy.of(wanted);
    double attention = sparse.attention.median() / dense.attention.median();
    double token = sparse.seconds.median() / dense.seconds.median();
    double read = bytes(config, policy, context) / floors.readBytesPerSecond();
    double products = products(config, policy, context) / floors.bestFlopsPerSecond();
    if (!figures.has("dense-" + context)) {
      TokenTimes all = new TokenTimes(dense.attention.median(), dense.seconds.median());
      double whole = bytes(config, AttentionPolicy.dense(), context) / floors.readBytesPerSecond();
      double most =
          products(config, AttentionPolicy.dense(), context) / floors.bestFlopsPerSecond();
      table.row(
          "dense",
          String.valueOf(context),
          millis(all.attention),
          "1.000",
          millis(all.token),
          "1.000",
          millis(whole),
          millis(most),
          "1.000",
          "1.000");
      figures
          .putObject("dense-" + context)
          .put("attentionSeconds", all.attention)
          .put("tokenSeconds", all.token);
    }
    table.row(
        wanted.toString(),
        String.valueOf(policy.kept(context)),
        millis(sparse.attention.median()),
        Figures.fixed(attention, 3),
        millis(sparse.seconds.median()),
        Figures.fixed(token, 3),
        millis(read),
        millis(products),
        Figures.fixed(precise[0], 3),
        Figures.fixed(precise[1], 3));
    figures
        .putObject(wanted + "-" + context)
        .put("attentionSeconds", sparse.attention.median())
        .put("attentionOverDense", attention)
        .put("tokenSeconds", sparse.seconds.median())
        .put("tokenOverDense", token)
        .put("readSeconds", read)
        .put("productSeconds", products)
        .put("precision", precise[0])
        .put("mass", precise[1])
        .put("entropy", precise[2]);
  }

  private record TokenTimes(double attention, double token) {}

  private static String millis(double seconds) {
    return Figures.fixed(seconds * 1e3, 2) + " ms";
  }

  /** Bytes of the cache and its index that a token reads at least, each once. */
  private double bytes(ModelConfig config, AttentionPolicy policy, int context) {
    double columns = config.kvLoraRank() + config.qkRopeHeadDim();
    double row = RowFormat.valueOf(options.cache.name()).rowBytes((int) columns);
    double heads = config.numAttentionHeads();
    boolean shared = policy instanceof AttentionPolicy.Sparse sparse && sparse.shared();
    double candidates = Math.min(context, (shared ? 1 : heads) * policy.candidates(context)) * row;
    double index =
        switch (policy.choice()) {
          case INT8, COLUMNS -> context * (columns + 8);
          case PAGES -> context * (2 * columns + 8) / PagedCache.PAGE_POSITIONS;
          case SCORES, WINDOW -> 0;
        };
    double exact =
        switch (policy.choice()) {
          case SCORES -> context * row;
          case WINDOW -> policy.kept(context) * row;
          case INT8, COLUMNS, PAGES -> candidates;
        };
    return 2.0 * config.numLayers() * (index + exact);
  }

  /** Additions and multiplications, those of 8-bit integers as a quarter. */
  private static double products(ModelConfig config, AttentionPolicy policy, int context) {
    double latent = config.kvLoraRank();
    double columns = latent + config.qkRopeHeadDim();
    double absorbed = latent * (config.qkNopeHeadDim() + config.vHeadDim());
    double kept = policy.kept(context);
    double work =
        switch (policy.choice()) {
          case SCORES -> context * columns + kept * latent;
          case WINDOW -> kept * (columns + latent);
          case INT8 ->
              INTEGER * context * columns + policy.candidates(context) * columns + kept * latent;
          case COLUMNS ->
              INTEGER * context * (columns - 0.75 * latent)
                  + policy.candidates(context) * columns
                  + kept * latent;
          case PAGES ->
              INTEGER * 2 * context * columns / PagedCache.PAGE_POSITIONS
                  + policy.candidates(context) * columns
                  + kept * latent;
        };
    return 2.0 * config.numLayers() * config.numAttentionHeads() * 2 * (absorbed + work);
  }
}
