package io.longcat4j.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longcat4j.Backend;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Numerics;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.quantize.Comparison;
import io.longcat4j.quantize.Divergence;
import io.longcat4j.spi.WorkerThreads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Measures how far the next-token distributions of rounded numerics are from those of exact ones,
 * over prompts of random tokens. Immutable.
 */
public final class NumericsBench {
  private final Options options;
  private final Consumer<String> progress;

  /**
   * What to compare.
   *
   * @param checkpoints directories, one after the other
   * @param numerics that are compared with exact ones
   * @param positions at which distributions are compared, at least
   * @param promptTokens tokens of each prompt
   * @param backend that computes
   * @param threads worker threads, or empty for one a core
   */
  public record Options(
      List<Path> checkpoints,
      Numerics numerics,
      int positions,
      int promptTokens,
      Backend backend,
      OptionalInt threads) {
    /** Copies the list; every number is at least 1. */
    public Options {
      checkpoints = List.copyOf(checkpoints);
      if (positions < 1 || promptTokens < 1) {
        throw new InvalidRequestException(
            "%d positions in prompts of %d tokens cannot be compared; pass at least 1 of each"
                .formatted(positions, promptTokens));
      }
    }
  }

  /**
   * Prepares a run.
   *
   * @param options what to compare
   * @param progress hears of every step
   */
  public NumericsBench(Options options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * Compares.
   *
   * @return figures and a table
   * @throws io.longcat4j.BackendException if the backend knows one of the numerics only
   */
  public BenchReport run() {
    ResultTable table =
        new ResultTable("checkpoint", "positions", "mean KL divergence", "top-1 agreement");
    ObjectNode figures = JsonNodeFactory.instance.objectNode();
    for (Path directory : options.checkpoints) {
      String name = String.valueOf(directory.getFileName());
      progress.accept("exact and rounded numerics over " + name + " ...");
      Divergence found = compare(Checkpoint.open(directory));
      table.row(
          name,
          "" + found.positions(),
          "" + Figures.rounded(found.meanKl()),
          Figures.percent(found.top1Agreement()));
      figures
          .putObject(name)
          .put("positions", found.positions())
          .put("mean_kl", Figures.rounded(found.meanKl()))
          .put("top1_agreement", Figures.rounded(found.top1Agreement()));
    }
    return new BenchReport(
        Optional.empty(),
        List.of(new BenchReport.Titled(options.numerics + " numerics against exact ones", table)),
        figures);
  }

  private Divergence compare(Checkpoint checkpoint) {
    return new Comparison(() -> open(Numerics.EXACT), () -> open(options.numerics))
        .run(checkpoint, checkpoint, prompts(checkpoint.model().vocabSize()));
  }

  private ComputeBackend open(Numerics numerics) {
    return BackendSelection.onClassPath()
        .open(options.backend, WorkerThreads.unpinned(options.threads), numerics);
  }

  private List<int[]> prompts(int vocabulary) {
    SplittableRandom random = new SplittableRandom(1);
    List<int[]> prompts = new ArrayList<>();
    for (int left = options.positions; left > 0; left -= options.promptTokens) {
      prompts.add(random.ints(options.promptTokens, 0, vocabulary).toArray());
    }
    return prompts;
  }
}
