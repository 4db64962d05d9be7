package io.longcat4j.cli.bench;

import io.longcat4j.Numerics;
import io.longcat4j.benchmarks.NumericsBench;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures what rounded numerics change. */
@Command(
    name = "numerics",
    mixinStandardHelpOptions = true,
    header =
        "Measures how far rounded numerics are from exact ones: KL divergence, top-1 agreement.",
    description = {
      "",
      "Feeds prompts of random tokens in both numerics and compares the distributions of the next"
          + " token at every position.",
      ""
    },
    sortOptions = false)
final class NumericsCommand implements Callable<Integer> {
  private final BenchOutput output;

  @Parameters(paramLabel = "DIR", arity = "1..*", description = "Checkpoint directories.")
  private List<Path> checkpoints = List.of();

  @Option(
      names = "--positions",
      paramLabel = "N",
      defaultValue = "2048",
      description = "Positions to compare, at least. Default: ${DEFAULT-VALUE}.")
  private int positions;

  @Option(
      names = "--prompt-tokens",
      paramLabel = "N",
      defaultValue = "256",
      description = "Tokens of each prompt. Default: ${DEFAULT-VALUE}.")
  private int promptTokens;

  @Option(
      names = "--numerics",
      paramLabel = "NAME",
      defaultValue = "bf16",
      description = "What is compared with exact ones: bf16 or fp8. Default: ${DEFAULT-VALUE}.")
  private Numerics numerics = Numerics.BF16;

  @Mixin private final ReportOptions report = new ReportOptions();

  NumericsCommand(BenchOutput output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    NumericsBench.Options options =
        new NumericsBench.Options(
            checkpoints, numerics, positions, promptTokens, report.backend(), report.threads());
    output.print(new NumericsBench(options, output::progress).run(), command(), report);
    return 0;
  }

  private String command() {
    return "bench numerics %s --numerics %s --positions %d --prompt-tokens %d"
        .formatted(
            checkpoints.stream()
                .map(directory -> String.valueOf(directory.getFileName()))
                .collect(Collectors.joining(" ")),
            numerics.name().toLowerCase(Locale.ROOT),
            positions,
            promptTokens);
  }
}
