package io.longcat4j.cli.bench;

import io.longcat4j.benchmarks.VocoderBench;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the codec decoder. */
@Command(
    name = "vocoder",
    mixinStandardHelpOptions = true,
    header =
        "Measures the codec decoder at the published size: a whole utterance, and as a stream.",
    description = {
      "",
      "Weights are random. A real-time factor of 0.25 means 15 ms of computing for a frame of 60 ms."
          + " It always runs in ONNX Runtime on the processor.",
      ""
    },
    sortOptions = false)
final class VocoderCommand implements Callable<Integer> {
  private final BenchOutput output;

  @Option(
      names = "--frames",
      paramLabel = "N",
      defaultValue = "96",
      description = "Length of the utterance, 60 ms each. Default: ${DEFAULT-VALUE}.")
  private int frames;

  @Option(
      names = "--pushes",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,4,12",
      description = "Frames pushed at once, for streams. Default: ${DEFAULT-VALUE}.")
  private List<Integer> pushes = List.of();

  @Option(
      names = "--repetitions",
      paramLabel = "N",
      defaultValue = "5",
      description = "Times each is measured. Default: ${DEFAULT-VALUE}.")
  private int repetitions;

  @Mixin private final ReportOptions report = new ReportOptions();

  VocoderCommand(BenchOutput output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    VocoderBench.Options options =
        new VocoderBench.Options(
            VocoderBench.published(), frames, pushes, repetitions, report.threads());
    String joined = pushes.stream().map(String::valueOf).collect(Collectors.joining(","));
    String command =
        "bench vocoder --frames %d --pushes %s --repetitions %d"
            .formatted(frames, joined, repetitions);
    output.print(new VocoderBench(options, output::progress).run(), command, report);
    return 0;
  }
}
