package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Backend;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LoadingListener;
import io.longcat4j.Numerics;
import io.longcat4j.checkpoint.ConfigFile;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.ModelConfigReader;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.DeviceFloors;
import io.longcat4j.compute.RowFormat;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.Sharing;
import io.longcat4j.spi.WorkerThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Measures one layer on a device with memory of its own: passes of several rows, each at the end of
 * a sequence, and prompts. Weights are generated in memory. Immutable; one run at a time.
 */
public final class DeviceLayerBench {
  private static final int WARM_UP = 3;

  /**
   * What to measure.
   *
   * @param formats of the weights, one after the other
   * @param sizes of the layer
   * @param rows of a decoding pass
   * @param contexts positions of each of their sequences
   * @param prefills lengths of prompts
   * @param repetitions of each pass
   * @param cache how its rows are kept
   * @param numerics how exactly it computes
   * @param backend that computes
   */
  public record Options(
      List<WeightFormat> formats,
      ModelSizes sizes,
      List<Integer> rows,
      List<Integer> contexts,
      List<Integer> prefills,
      int repetitions,
      RowFormat cache,
      Numerics numerics,
      Backend backend) {
    /** Copies the lists; every number is at least 1. */
    public Options {
      formats = List.copyOf(formats);
      rows = List.copyOf(rows);
      contexts = List.copyOf(contexts);
      prefills = List.copyOf(prefills);
      List<Integer> all = new ArrayList<>(rows);
      all.addAll(contexts);
      all.addAll(prefills);
      all.add(repetitions);
      if (all.stream().anyMatch(number -> number < 1)) {
        throw new InvalidRequestException(
            "rows, contexts, prompts and repetitions of less than 1 cannot be measured");
      }
      if (rows.stream().anyMatch(count -> count > LanguageModel.MAX_ROWS)) {
        throw new InvalidRequestException(
            "a pass has at most " + LanguageModel.MAX_ROWS + " rows; pass fewer");
      }
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
  public DeviceLayerBench(Options options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * Measures.
   *
   * @return figures and tables
   * @throws InvalidRequestException if the backend has no memory of its own
   */
  public BenchReport run() {
    List<BenchReport.Titled> tables = new ArrayList<>();
    ObjectNode figures = JsonNodeFactory.instance.objectNode();
    for (WeightFormat format : options.formats) {
      try (ComputeBackend backend =
          BackendSelection.onClassPath()
              .open(
                  options.backend, WorkerThreads.unpinned(OptionalInt.empty()), options.numerics)) {
        DeviceFloors floors = floors(backend);
        DeviceLayerReport report = measure(format, backend, floors);
        tables.addAll(report.tables());
        figures.set(format.name(), report.figures());
      }
    }
    return new BenchReport(Optional.empty(), tables, figures);
  }

  private DeviceFloors floors(ComputeBackend backend) {
    progress.accept("what the device does at best ...");
    return backend
        .measureFloors()
        .orElseThrow(
            () ->
                new InvalidRequestException(
                    "The backend "
                        + backend.name()
                        + " has no memory of its own; pass --backend cuda"));
  }

  private DeviceLayerReport measure(
      WeightFormat format, ComputeBackend backend, DeviceFloors floors) {
    progress.accept("weights in " + format + " ...");
    GeneratedTensors weights = new GeneratedTensors(options.sizes, format);
    ModelConfig config =
        ModelConfigReader.read(
            ConfigFile.of("generated", options.sizes.configValues(format)), progress);
    TokenCost cost = TokenCost.of(config, weights);
    DeviceLayerReport report =
        new DeviceLayerReport(format, options, backend.describe(), floors, cost, config);
    try (LanguageModel model =
        LanguageModel.load(config, weights, backend, Sharing.none(), LoadingListener.silent())) {
      for (int context : options.contexts) {
        for (int rows : options.rows) {
          progress.accept("%d rows at context %d ...".formatted(rows, context));
          try (DevicePasses passes = new DevicePasses(model, options.cache, rows, context)) {
            report.addDecode(passes.decode(WARM_UP, options.repetitions));
          }
        }
      }
      for (int length : options.prefills) {
        progress.accept("a prompt of %d ...".formatted(length));
        try (DevicePasses passes = new DevicePasses(model, options.cache, 1, length)) {
          report.addPrefill(passes.prefill(1, options.repetitions));
        }
      }
    }
    return report;
  }
}
