package io.longcat4j.tokenizer;

import io.longcat4j.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens files that are read as a whole: regular ones of a size that a tokenizer may have. */
final class JsonInput {
  private static final long LARGEST = 256L << 20;

  private JsonInput() {}

  /** Whether there is anything by this name. */
  static boolean exists(Path file) {
    return Files.exists(file);
  }

  /**
   * Opens a file.
   *
   * @throws CheckpointException if it is a pipe, a device or a directory, which might never end, or
   *     too large
   */
  static InputStream open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new CheckpointException(
          file
              + " is a directory, a pipe or a device where a file is expected; copy the one that the"
              + " checkpoint was published with");
    }
    long bytes = Files.size(file);
    if (bytes > LARGEST) {
      throw new CheckpointException(
          file
              + " has "
              + bytes
              + " bytes, more than the "
              + LARGEST
              + " of any tokenizer; copy the one that the checkpoint was published with");
    }
    return Files.newInputStream(file);
  }

  static CheckpointException unreadable(Path file, IOException cause) {
    return new CheckpointException(
        file + " cannot be read (" + cause.getMessage() + "); copy it again", cause);
  }
}
