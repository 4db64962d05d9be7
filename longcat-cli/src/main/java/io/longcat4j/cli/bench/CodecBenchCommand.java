package io.longcat4j.cli.bench;

import io.longcat4j.CodecWindow;
import io.longcat4j.MediaSource;
import io.longcat4j.Samples;
import io.longcat4j.benchmarks.CodecBench;
import io.longcat4j.cli.codec.WindowArgument;
import io.longcat4j.media.AudioFile;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures the codec encoder through windows. */
@Command(
    name = "codec",
    mixinStandardHelpOptions = true,
    header =
        "Measures how many codes of a codec encoder are equal where a sound is seen through windows.",
    description = {
      "",
      "The sounds are joined, and repeated up to --seconds. Their codes as one whole are compared"
          + " with those through each window.",
      ""
    },
    sortOptions = false)
final class CodecBenchCommand implements Callable<Integer> {
  private static final int RATE = 16000;

  private final BenchOutput output;

  @Parameters(index = "0", paramLabel = "CODEC_DIR", description = "A directory with an encoder.")
  private Path codec = Path.of("");

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "SOUND",
      description = "Sound files of speech.")
  private List<Path> sounds = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "60",
      description = "Length of the sound, at most 120. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--windows",
      split = ",",
      paramLabel = "B/F/A",
      converter = WindowArgument.class,
      defaultValue = "50/16/8,100/25/25,200/25/50,400/50/50,400/50/200",
      description = "Frames before, encoded and after. Default: ${DEFAULT-VALUE}.")
  private List<CodecWindow> windows = List.of();

  @Mixin private final ReportOptions report = new ReportOptions();

  CodecBenchCommand(BenchOutput output) {
    this.output = output;
  }

  @Override
  public Integer call() {
    List<Samples> read =
        sounds.stream()
            .map(file -> AudioFile.decode(MediaSource.of(file), RATE, seconds).samples())
            .toList();
    CodecBench.Options options =
        new CodecBench.Options(codec, CodecBench.joined(read, seconds), windows, report.threads());
    String named = sounds.stream().map(Path::toString).collect(Collectors.joining(" "));
    String command = "bench codec %s %s --seconds %d".formatted(codec, named, seconds);
    output.print(new CodecBench(options, output::progress).run(), command, report);
    return 0;
  }
}
