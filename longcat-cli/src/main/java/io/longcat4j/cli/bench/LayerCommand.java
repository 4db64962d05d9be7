package io.longcat4j.cli.bench;

import io.longcat4j.benchmarks.LayerBench;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Measures one layer. */
@Command(
    name = "layer",
    mixinStandardHelpOptions = true,
    header = "Measures one layer at the published sizes, with as many experts as memory allows.",
    description = {
      "",
      "Weights are random; the router picks the published mix, 8 experts of 12 picks on average.",
      ""
    },
    sortOptions = false)
final class LayerCommand implements Callable<Integer> {
  private final BenchOutput output;

  @Mixin private final LayerOptions layer = new LayerOptions();

  @Mixin private final ReportOptions report = new ReportOptions();

  LayerCommand(BenchOutput output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    LayerBench bench = new LayerBench(layer.with(report), output::progress);
    output.print(bench.run(), "bench layer " + layer.words(), report);
    return 0;
  }
}
