package io.longcat4j.cli.bench;

import io.longcat4j.Numerics;
import io.longcat4j.benchmarks.LayerBench;
import io.longcat4j.benchmarks.ModelSizes;
import io.longcat4j.benchmarks.WeightFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is measured of a layer. */
final class LayerOptions {
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

  @Mixin private final NumericsOption numerics = new NumericsOption();

  LayerBench.Options with(ReportOptions report) {
    return new LayerBench.Options(
        formats,
        ModelSizes.publishedLayer(experts),
        contexts,
        prefills,
        tokens,
        repetitions,
        report.backend(),
        report.threads(),
        numerics.value(),
        directory());
  }

  Numerics numerics() {
    return numerics.value();
  }

  Path directory() {
    return directory;
  }

  /** As typed. */
  String words() {
    return "--formats %s --contexts %s --prefill %s --experts %d --tokens %d --repetitions %d"
            .formatted(
                joined(formats).toLowerCase(Locale.ROOT),
                joined(contexts),
                joined(prefills),
                experts,
                tokens,
                repetitions)
        + numerics.words();
  }

  private static String joined(List<?> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
