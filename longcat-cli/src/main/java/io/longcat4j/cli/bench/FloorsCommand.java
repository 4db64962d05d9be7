package io.longcat4j.cli.bench;

import io.longcat4j.benchmarks.FloorLog;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Measures the machine alone. */
@Command(
    name = "floors",
    mixinStandardHelpOptions = true,
    header = "Measures what the machine can do at best: reading, BF16 and F32 products.",
    sortOptions = false)
final class FloorsCommand implements Callable<Integer> {
  private final BenchOutput output;

  @Mixin private final ReportOptions report = new ReportOptions();

  FloorsCommand(BenchOutput output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    output.print(FloorLog.measure(report.workers()), "bench floors", report);
    return 0;
  }
}
