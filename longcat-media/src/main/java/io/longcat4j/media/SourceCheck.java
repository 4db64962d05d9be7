package io.longcat4j.media;

import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says in plain words what is wrong with a source before a decoder looks at it. */
public final class SourceCheck {
  private SourceCheck() {}

  /**
   * Refuses missing, unreadable and empty sources. Thread-safe.
   *
   * @param source a file or bytes
   * @throws MediaException naming the source and what to do
   */
  public static void requireContent(MediaSource source) {
    if (sizeInBytes(source) == 0) {
      throw new MediaException(
          source.describe() + " is empty (0 bytes); pass a complete file, or record it again");
    }
  }

  private static long sizeInBytes(MediaSource source) {
    if (source instanceof MediaSource.File file) {
      return sizeInBytes(file.path());
    }
    return ((MediaSource.Bytes) source).content().length;
  }

  private static long sizeInBytes(Path path) {
    if (!Files.exists(path)) {
      throw new MediaException(
          path + " does not exist (looked in " + path.toAbsolutePath() + "); check the path");
    }
    if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
      throw new MediaException(
          path + " is not a readable file; pass a regular file this process may read");
    }
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw new MediaException(path + " cannot be read: " + e.getMessage() + "; check the disk", e);
    }
  }
}
