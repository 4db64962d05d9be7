package io.longcat4j.cli.codec;

import io.longcat4j.Audio;
import io.longcat4j.AudioCodec;
import io.longcat4j.CodecFrame;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Speech to tokens. */
@Command(
    name = "encode",
    mixinStandardHelpOptions = true,
    header = "Turns a sound into the codec's tokens.",
    description = {
      "",
      "A sound of up to two minutes is seen as a whole, a longer one through overlapping windows, of"
          + " 24 s before and 3 s after each stretch of 3 s.",
      ""
    },
    sortOptions = false)
final class EncodeCommand implements Callable<Integer> {
  private final PrintWriter out;
  private final PrintWriter err;

  @Parameters(
      paramLabel = "FILE.wav",
      description = "A sound: WAV, MP3, FLAC, OGG, AAC, or a video with a sound track.")
  private Path sound = Path.of("");

  @Option(
      names = "--codec",
      required = true,
      paramLabel = "DIR",
      description = "A directory with an encoder.")
  private Path codec = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.json",
      description = "Where the tokens go. Default: standard output.")
  private Optional<Path> output = Optional.empty();

  @Mixin private final CodecOptions options = new CodecOptions();

  EncodeCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() {
    output.ifPresent(CodecOptions::requireFolder);
    List<CodecFrame> frames;
    long start = System.nanoTime();
    try (AudioCodec opened = options.open(Optional.of(codec))) {
      frames = opened.encode(Audio.of(sound));
    }
    if (output.isPresent()) {
      CodesFile.write(output.get(), frames);
    } else {
      out.print(CodesFile.text(frames));
      out.flush();
    }
    if (!options.isQuiet()) {
      err.println(
          String.format(
              Locale.ROOT,
              "%d frames, %d acoustic codebooks, %.2f s",
              frames.size(),
              frames.isEmpty() ? 0 : frames.get(0).acoustic().size(),
              (System.nanoTime() - start) / 1e9));
    }
    return 0;
  }
}
