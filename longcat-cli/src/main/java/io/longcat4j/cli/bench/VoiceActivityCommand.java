package io.longcat4j.cli.bench;

import io.longcat4j.benchmarks.DetectionBench;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures when speech is heard to begin and to end. */
@Command(
    name = "voice-activity",
    mixinStandardHelpOptions = true,
    header = "Measures when speech is heard to begin and to end, and what that costs.",
    description = {
      "",
      "Sounds with labels, by rule and by rate, then the model's own voice in the microphone. One"
          + " core computes.",
      ""
    },
    sortOptions = false)
final class VoiceActivityCommand implements Callable<Integer> {
  private final BenchOutput output;

  @Option(
      names = "--files",
      paramLabel = "DIR",
      description = {
        "labels.json, the sounds that it names, and a folder of spoken replies. Default:"
            + " testdata/speech of the project's directory."
      })
  private Path files;

  @Mixin private final ReportOptions report = new ReportOptions();

  VoiceActivityCommand(BenchOutput output) {
    this.output = output;
    this.files = output.root().orElse(Path.of("")).resolve("testdata/speech");
  }

  @Override
  public Integer call() {
    output.print(
        new DetectionBench(DetectionBench.Options.of(files), output::progress).run(),
        "bench voice-activity",
        report);
    return 0;
  }
}
