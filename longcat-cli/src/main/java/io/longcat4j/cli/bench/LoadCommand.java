package io.longcat4j.cli.bench;

import io.longcat4j.benchmarks.LoadBench;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures how a checkpoint is opened. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    header = "Measures what opening a checkpoint costs: time, memory, address space and heap.",
    description = {
      "",
      "  longcat bench make-checkpoint --preset published-holes DIR",
      "  longcat bench load DIR",
      "",
      "Weights come on demand, so that what is counted is what loading itself touches.",
      ""
    },
    sortOptions = false)
final class LoadCommand implements Callable<Integer> {
  private final BenchOutput output;

  @Parameters(paramLabel = "DIR", description = "Checkpoint directory in the published layout.")
  private Path directory = Path.of("");

  @Option(
      names = "--context",
      paramLabel = "N",
      defaultValue = "4096",
      description =
          "Most positions of a request, on which the size of the cache depends. Default:"
              + " ${DEFAULT-VALUE}.")
  private int contextLength;

  @Mixin private final ReportOptions report = new ReportOptions();

  LoadCommand(BenchOutput output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    LoadBench.Options options = new LoadBench.Options(directory, report.backend(), contextLength);
    output.print(
        new LoadBench(options, output::progress).run(),
        "bench load DIR --context " + contextLength,
        report);
    return 0;
  }
}
