package io.longcat4j.audio;

import io.longcat4j.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where the halves of a codec lie: in a folder itself, or in its {@code audio_codec}. The language
 * model's {@code config.json} lies in such a folder too, so that it tells nothing.
 */
public final class CodecFolder {
  static final String CONFIG = "config.json";
  static final String ENCODER = "encoder.pt";
  static final String STATISTICS = "encoder_cmvn.npy";
  static final String DECODER = "config.yaml";
  private static final String INNER = "audio_codec";

  private final Path directory;

  /**
   * Names a folder.
   *
   * @param directory holds one half, both, or an {@code audio_codec} that does
   */
  public CodecFolder(Path directory) {
    this.directory = directory;
  }

  /**
   * The folder with the encoder's files.
   *
   * @return the first that has one of those that are the encoder's alone
   */
  public Optional<Path> encoder() {
    return first(
        folder ->
            Files.exists(folder.resolve(ENCODER)) || Files.exists(folder.resolve(STATISTICS)));
  }

  /** The folder with the decoder's files. */
  Optional<Path> decoder() {
    return first(folder -> Files.exists(folder.resolve(DECODER)));
  }

  Path requireEncoder() {
    return encoder()
        .orElseThrow(
            () ->
                absent(
                    ENCODER,
                    "this codec can decode, but not encode",
                    CONFIG + ", " + ENCODER + " and " + STATISTICS));
  }

  Path requireDecoder() {
    return decoder()
        .orElseThrow(
            () ->
                absent(
                    DECODER,
                    "this codec can encode, but not decode",
                    DECODER + " and the file that its ckpt_path names"));
  }

  void requireEither() {
    if (!Files.isDirectory(directory)) {
      throw new CheckpointException(
          directory + ": is not a directory; pass one that holds a codec, or a checkpoint");
    }
    if (encoder().isEmpty() && decoder().isEmpty()) {
      throw new CheckpointException(
          directory
              + ": holds no codec: neither "
              + ENCODER
              + " nor "
              + DECODER
              + " is in it or in its folder "
              + INNER
              + "; pass a directory with a codec, or a checkpoint that speaks");
    }
  }

  private CheckpointException absent(String file, String consequence, String needed) {
    return new CheckpointException(
        directory.resolve(file)
            + ": does not exist, nor does it in "
            + directory.resolve(INNER)
            + ", so that "
            + consequence
            + "; add "
            + needed);
  }

  private Optional<Path> first(Predicate<Path> holds) {
    return List.of(directory, directory.resolve(INNER)).stream().filter(holds).findFirst();
  }
}
