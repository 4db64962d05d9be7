package io.longcat4j.cli.bench;

import io.longcat4j.Attention;
import io.longcat4j.CachePrecision;
import io.longcat4j.benchmarks.AttentionBench;
import io.longcat4j.benchmarks.ModelSizes;
import io.longcat4j.benchmarks.WeightFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures attention that looks at few positions. */
@Command(
    name = "attention",
    mixinStandardHelpOptions = true,
    header = "Measures attention that looks at few positions against dense attention.",
    description = {
      "",
      "One layer at the published sizes decodes tokens at the end of contexts of random latents, by"
          + " each policy and densely in turns: time of the attention part and of the whole token,"
          + " their floors, and how many of the kept positions exact scores would keep.",
      ""
    },
    sortOptions = false)
final class AttentionCommand implements Callable<Integer> {
  private static final String POLICIES =
      "top-k:2048;int8:2048;int8:2048,shared;pages:2048;pages:2048,shared;window:4:2044;"
          + "int8:0.05:2048;pages:0.05:2048;pages:0.05:2048,shared";

  private final BenchOutput output;

  @Option(
      names = "--attention",
      split = ";",
      paramLabel = "POLICY",
      defaultValue = POLICIES,
      description = "What is measured, parted by semicolons. Default: ${DEFAULT-VALUE}.")
  private List<String> policies = List.of();

  @Option(
      names = "--contexts",
      split = ",",
      paramLabel = "N",
      defaultValue = "8192,32768,131072",
      description = "Positions in the cache. Default: ${DEFAULT-VALUE}.")
  private List<Integer> contexts = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "fp8",
      description = "How the matrices are stored. Default: ${DEFAULT-VALUE}.")
  private WeightFormat format = WeightFormat.FP8;

  @Option(
      names = "--cache",
      paramLabel = "NAME",
      defaultValue = "f32",
      description = "How past positions are kept: f32, bf16 or fp8. Default: ${DEFAULT-VALUE}.")
  private CachePrecision cache = CachePrecision.F32;

  @Option(
      names = "--experts",
      paramLabel = "N",
      defaultValue = "64",
      description = "Experts that compute. Default: ${DEFAULT-VALUE}.")
  private int experts;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      defaultValue = "9",
      description = "Tokens decoded at each context by each policy. Default: ${DEFAULT-VALUE}.")
  private int tokens;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where generated weights are written, and found by the next run.")
  private Path directory = Path.of(System.getProperty("java.io.tmpdir", "."), "longcat-bench");

  @Mixin private final ReportOptions report = new ReportOptions();

  AttentionCommand(BenchOutput output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    AttentionBench.Options options =
        new AttentionBench.Options(
            format,
            ModelSizes.publishedLayer(experts),
            policies.stream().map(Attention::parse).toList(),
            contexts,
            tokens,
            cache,
            report.backend(),
            report.threads(),
            directory);
    output.print(new AttentionBench(options, output::progress).run(), command(), report);
    return 0;
  }

  private String command() {
    return "bench attention --attention '%s' --contexts %s --format %s --cache %s --experts %d --tokens %d"
        .formatted(
            String.join(";", policies),
            contexts.stream().map(String::valueOf).collect(Collectors.joining(",")),
            format.name().toLowerCase(Locale.ROOT),
            cache.name().toLowerCase(Locale.ROOT),
            experts,
            tokens);
  }
}
