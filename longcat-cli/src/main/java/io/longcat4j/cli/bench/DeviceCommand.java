package io.longcat4j.cli.bench;

import io.longcat4j.Backend;
import io.longcat4j.Numerics;
import io.longcat4j.benchmarks.DeviceLayerBench;
import io.longcat4j.benchmarks.ModelSizes;
import io.longcat4j.benchmarks.WeightFormat;
import io.longcat4j.compute.RowFormat;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures one layer on a GPU. */
@Command(
    name = "device",
    mixinStandardHelpOptions = true,
    header = "Measures one layer at the published sizes on a GPU, with weights made in memory.",
    description = {
      "",
      "Passes of --rows rows, each at the end of a sequence of its own, and prompts; beside what the"
          + " device reads and multiplies at best.",
      ""
    },
    sortOptions = false)
final class DeviceCommand implements Callable<Integer> {
  private final BenchOutput output;

  @Option(
      names = {"--formats", "--format"},
      split = ",",
      paramLabel = "FORMAT",
      defaultValue = "fp8",
      description = "bf16, fp8, int8, int4; one after the other. Default: ${DEFAULT-VALUE}.")
  private List<WeightFormat> formats = List.of();

  @Option(
      names = "--rows",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,8,32",
      description = "Rows of a decoding pass. Default: ${DEFAULT-VALUE}.")
  private List<Integer> rows = List.of();

  @Option(
      names = "--contexts",
      split = ",",
      paramLabel = "N",
      defaultValue = "1024,32768",
      description = "Positions of each sequence. Default: ${DEFAULT-VALUE}.")
  private List<Integer> contexts = List.of();

  @Option(
      names = "--prefill",
      split = ",",
      paramLabel = "N",
      defaultValue = "512,2048,8192",
      description = "Lengths of prompts. Default: ${DEFAULT-VALUE}.")
  private List<Integer> prefills = List.of();

  @Option(
      names = "--experts",
      paramLabel = "N",
      defaultValue = "512",
      description =
          "Experts that compute, with half as many zero experts. Default: ${DEFAULT-VALUE}.")
  private int experts;

  @Option(
      names = "--tiny",
      description = "A layer of next to no arithmetic, such as an emulator can compute.")
  private boolean tiny;

  @Option(
      names = "--repetitions",
      paramLabel = "N",
      defaultValue = "20",
      description = "Times each pass is run. Default: ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(
      names = "--cache",
      paramLabel = "FORMAT",
      defaultValue = "bf16",
      description = "How cached rows are kept: f32, bf16, fp8. Default: ${DEFAULT-VALUE}.")
  private RowFormat cache = RowFormat.BF16;

  @Option(
      names = "--numerics",
      paramLabel = "NAME",
      defaultValue = "exact",
      description = "exact, bf16 or fp8. Default: ${DEFAULT-VALUE}.")
  private Numerics numerics = Numerics.EXACT;

  @Mixin private final ReportOptions report = new ReportOptions();

  DeviceCommand(BenchOutput output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    Backend backend = report.backend().equals(Backend.auto()) ? Backend.cuda() : report.backend();
    DeviceLayerBench.Options options =
        new DeviceLayerBench.Options(
            formats,
            tiny ? ModelSizes.tinyLayer() : ModelSizes.publishedLayer(experts),
            rows,
            contexts,
            prefills,
            repetitions,
            cache,
            numerics,
            backend);
    DeviceLayerBench bench = new DeviceLayerBench(options, output::progress);
    output.print(bench.run(), "bench device --backend " + backend.name(), report);
    return 0;
  }
}
