package io.longcat4j.cli.codec;

import io.longcat4j.AudioCodec;
import io.longcat4j.CodecFrame;
import io.longcat4j.Samples;
import io.longcat4j.Speech;
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

/** Tokens to speech. */
@Command(
    name = "decode",
    mixinStandardHelpOptions = true,
    header = "Turns the codec's tokens into sound.",
    description = {"", "FILE.json is what 'codec encode' or 'generate --codes' has written.", ""},
    sortOptions = false)
final class DecodeCommand implements Callable<Integer> {
  private final PrintWriter err;

  @Parameters(paramLabel = "FILE.json", description = "The tokens.")
  private Path codes = Path.of("");

  @Option(
      names = "--codec",
      paramLabel = "DIR",
      description =
          "A directory with a decoder. Default: LongCat-Tiny's, for tokens that it has made.")
  private Optional<Path> codec = Optional.empty();

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE.wav",
      description = "Where the sound goes.")
  private Path output = Path.of("");

  @Mixin private final CodecOptions options = new CodecOptions();

  DecodeCommand(PrintWriter err) {
    this.err = err;
  }

  @Override
  public Integer call() {
    CodecOptions.requireFolder(output);
    List<CodecFrame> frames = CodesFile.read(codes);
    Samples sound;
    try (AudioCodec opened = options.open(codec)) {
      sound = opened.decode(frames);
    }
    new Speech(sound).writeTo(output);
    if (!options.isQuiet()) {
      err.println(
          String.format(
              Locale.ROOT,
              "%d frames, %.2f s of sound at %d Hz",
              frames.size(),
              (double) sound.count() / sound.sampleRateHz(),
              sound.sampleRateHz()));
    }
    return 0;
  }
}
