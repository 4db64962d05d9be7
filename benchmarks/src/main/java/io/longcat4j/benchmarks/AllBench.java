package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.benchmarks.BenchReport.Titled;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Everything that is promised, measured in one run: a small model, transformers beside it, many
 * requests at once, the vocoder, one layer of the published sizes in several formats, and what
 * rounded numerics change. Immutable; one run at a time, or they disturb each other.
 */
public final class AllBench {
  private final Options options;
  private final Consumer<String> progress;

  /**
   * What to measure.
   *
   * @param model a generated checkpoint, which transformers runs too
   * @param layer in several formats
   * @param serving the same checkpoint, with a tokenizer
   * @param numerics checkpoints and positions
   * @param python interpreter that has transformers, or empty to do without
   * @param script {@code compare.py}
   * @param rounds of the comparison with transformers
   */
  public record Options(
      ModelBench.Options model,
      LayerBench.Options layer,
      ServingBench.Options serving,
      NumericsBench.Options numerics,
      Optional<Path> python,
      Path script,
      int rounds) {}

  /**
   * Prepares a run.
   *
   * @param options what to measure
   * @param progress hears of every step
   */
  public AllBench(Options options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * Measures; takes a quarter of an hour and more.
   *
   * @return what must be reached first, then everything else
   */
  public BenchReport run() {
    return run(FloorMeter::open);
  }

  BenchReport run(IntFunction<FloorProbe> probes) {
    // The model comes first, so that its resident memory is that of a fresh process.
    BenchReport model = new ModelBench(options.model, progress).run(probes);
    Optional<TransformersRun.Found> transformers = options.python.map(this::transformers);
    BenchReport numerics = new NumericsBench(options.numerics, progress).run();
    Bars bars = new Bars();
    BenchReport served = new ServingBench(options.serving, progress).run(probes, bars);
    List<LayerReport> layers;
    FloorLog.Summary floors;
    try (FloorLog log = FloorLog.open(options.layer.workers(), probes)) {
      layers = new LayerBench(options.layer, progress).measure(log);
      floors = log.summary();
    }
    bars.addLayers(layers);
    bars.addModel(model.figures().get("heap_bytes_per_token").asDouble());
    transformers.ifPresent(found -> bars.addTransformers(found.tg().ratio(), found.pp().ratio()));

    List<Titled> tables = new ArrayList<>();
    ObjectNode figures = JsonNodeFactory.instance.objectNode();
    tables.addAll(model.tables());
    figures.set("model", model.figures());
    transformers.ifPresent(found -> add(found, tables, figures));
    tables.addAll(numerics.tables());
    figures.set("numerics", numerics.figures());
    tables.addAll(served.tables());
    figures.set("serving", served.figures());
    for (LayerReport layer : layers) {
      tables.addAll(layer.tables(floors));
      figures.set(layer.format().name(), layer.figures());
    }
    return new BenchReport(Optional.of(floors), tables, figures).under(bars);
  }

  private TransformersRun.Found transformers(Path python) {
    progress.accept("transformers ...");
    ModelBench.Options model = options.model;
    return new TransformersRun(python, options.script).run(model, options.rounds);
  }

  private static void add(TransformersRun.Found found, List<Titled> tables, ObjectNode figures) {
    ResultTable table =
        new ResultTable("test", "transformers, median t/s", "LongCat4J, median t/s", "ratio");
    ObjectNode node = figures.putObject("transformers").put("torch", found.torch());
    for (TransformersRun.Test test : List.of(found.pp(), found.tg())) {
      table.row(
          test.name(),
          Figures.fixed(test.theirs(), 2),
          Figures.fixed(test.ours(), 2),
          Figures.fixed(test.ratio(), 2));
      node.putObject(test.name())
          .put("transformers_tokens_per_s", Figures.rounded(test.theirs()))
          .put("longcat4j_tokens_per_s", Figures.rounded(test.ours()))
          .put("ratio", Figures.rounded(test.ratio()));
    }
    tables.add(
        new Titled("Beside transformers (torch " + found.torch() + "), in turns, BF16", table));
  }
}
