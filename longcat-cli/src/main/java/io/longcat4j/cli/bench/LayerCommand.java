package io.longcat4j.cli.bench;

import io.longcat4j.benchmarks.LayerBench;
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

  @Option(
      names = {"--formats", "--format"},
      split = ",",
      paramLabel = "FORMAT",
      defaultValue = "bf16,fp8,int8,int4",
      description = {
        "How the matrices are stored: bf16, fp8, int8, int4; one after the other. Default:"
            + " ${DEFAULT-VALUE}."
      })
  private List<WeightFormat> formats = List.of();

  @Option(
      names = "--contexts",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,1024,8192,32768,131072",
      description = "Positions in the cache, for decoding. Default: ${DEFAULT-VALUE}.")
  private List<Integer> contexts = List.of();

  @Option(
      names = "--prefill",
      split = ",",
      paramLabel = "N",
      defaultValue = "512,4096",
      description = "Lengths of prompts. Default: ${DEFAULT-VALUE}.")
  private List<Integer> prefills = List.of();

  @Option(
      names = "--experts",
      paramLabel = "N",
      defaultValue = "64",
      description = {
        "Experts that compute, with half as many zero experts. 64 need 6.2 GB in BF16. Default:"
            + " ${DEFAULT-VALUE}."
      })
  private int experts;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      defaultValue = "24",
      description = "Tokens decoded at each context. Default: ${DEFAULT-VALUE}.")
  private int tokens;

  @Option(
      names = "--repetitions",
      paramLabel = "N",
      defaultValue = "3",
      description = "Times each prompt is fed. Default: ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Where generated weights are written, and found by the next run. Default: longcat-bench"
              + " in the directory for temporary files.")
  private Path directory = Path.of(System.getProperty("java.io.tmpdir", "."), "longcat-bench");

  @Mixin private final ReportOptions report = new ReportOptions();

  LayerCommand(BenchOutput output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    LayerBench.Options options =
        new LayerBench.Options(
            formats,
            ModelSizes.publishedLayer(experts),
            contexts,
            prefills,
            tokens,
            repetitions,
            report.backend(),
            report.threads(),
            directory);
    output.print(new LayerBench(options, output::progress).run(), command(), report);
    return 0;
  }

  private String command() {
    return "bench layer --formats %s --contexts %s --prefill %s --experts %d"
        .formatted(
            joined(formats).toLowerCase(Locale.ROOT), joined(contexts), joined(prefills), experts);
  }

  private static String joined(List<?> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
