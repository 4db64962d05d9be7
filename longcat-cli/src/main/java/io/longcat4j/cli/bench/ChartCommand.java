package io.longcat4j.cli.bench;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.benchmarks.SpeedSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws what runs have told. */
@Command(
    name = "chart",
    mixinStandardHelpOptions = true,
    header = "Draws the figures of earlier runs: kinds of processors beside each other.",
    description = {
      "",
      "  longcat bench chart benchmarks/history.jsonl --svg docs/performance.svg --document"
          + " docs/performance.md",
      "",
      "Of each processor the last run of 'bench all' counts.",
      ""
    },
    sortOptions = false)
final class ChartCommand implements Callable<Integer> {
  private final BenchOutput output;

  @Parameters(paramLabel = "FILE", description = "What --json of the measurements wrote.")
  private Path history = Path.of("");

  @Option(names = "--svg", paramLabel = "FILE", description = "Write a picture there.")
  private Optional<Path> svg = Optional.empty();

  @Option(
      names = "--document",
      paramLabel = "FILE",
      description = {
        "Replace what stands between the lines '"
            + ResultDocument.BEGIN
            + "' and '"
            + ResultDocument.END
            + "' of this Markdown file by the tables."
      })
  private Optional<Path> document = Optional.empty();

  ChartCommand(BenchOutput output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    SpeedSummary summary = SpeedSummary.of(history);
    output.out().println(summary.markdown());
    document.ifPresent(file -> new ResultDocument(file).replace(summary.markdown()));
    svg.ifPresent(file -> write(file, summary.svg()));
    return 0;
  }

  private static void write(Path file, String picture) {
    try {
      Files.writeString(file, picture);
    } catch (IOException e) {
      throw new InvalidRequestException(
          file + ": cannot be written (" + e + "); name another --svg file", e);
    }
  }
}
