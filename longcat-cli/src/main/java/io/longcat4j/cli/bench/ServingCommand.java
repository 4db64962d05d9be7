package io.longcat4j.cli.bench;

import io.longcat4j.benchmarks.ServingBench;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Measures many requests at once. */
@Command(
    name = "serving",
    mixinStandardHelpOptions = true,
    header = "Measures many requests at once, conversations, and the vocoder.",
    description = {
      "",
      "Throughput of several replies over one, the second turn of a conversation, the gaps between"
          + " tokens while a long prompt joins, closing a reply, and what scheduling costs.",
      ""
    },
    sortOptions = false)
final class ServingCommand implements Callable<Integer> {
  private final BenchOutput output;

  @Parameters(
      paramLabel = "DIR",
      description = "Checkpoint directory, as 'longcat bench make-checkpoint' writes it.")
  private Path checkpoint = Path.of("");

  @Mixin private final ServingOptions serving = new ServingOptions();

  @Mixin private final ReportOptions report = new ReportOptions();

  ServingCommand(BenchOutput output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    report.document().ifPresent(file -> new ResultDocument(file).requireMarks());
    ServingBench bench = new ServingBench(serving.with(checkpoint, report), output::progress);
    String command = "bench serving " + checkpoint.getFileName() + " " + serving.words();
    output.print(bench.run(), command, report);
    return 0;
  }
}
