package io.longcat4j.cli.codec;

import io.longcat4j.AudioCodec;
import io.longcat4j.Device;
import io.longcat4j.InvalidRequestException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a codec is opened. */
final class CodecOptions {
  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description =
          "What computes the codec: cpu, cuda, or cuda:1 for the second GPU. Default:"
              + " ${DEFAULT-VALUE}.")
  private String device = "cpu";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads. Default: one for each core.")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--cache-dir",
      paramLabel = "DIR",
      description = "Where native libraries and LongCat-Tiny may be unpacked.")
  private Optional<Path> cacheDirectory = Optional.empty();

  @Option(
      names = {"-q", "--quiet"},
      description = "Show no figures; warnings and errors stay.")
  private boolean quiet;

  boolean isQuiet() {
    return quiet;
  }

  /** The codec that was named, or that of the small model. */
  AudioCodec open(Optional<Path> directory) {
    AudioCodec.Builder builder = AudioCodec.builder().device(Device.of(device));
    threads.ifPresent(builder::threads);
    cacheDirectory.ifPresent(builder::cacheDirectory);
    directory.ifPresentOrElse(builder::directory, builder::tiny);
    return builder.build();
  }

  static void requireFolder(Path output) {
    Path folder = output.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new InvalidRequestException(
          "--output "
              + output
              + ": its folder does not exist; create it, or name a file in another folder");
    }
  }
}
