package io.longcat4j.media;

import io.longcat4j.MediaException;
import io.longcat4j.MediaSource;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks at a source before a decoder does, and says in plain words what is wrong with it. */
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

  /**
   * The whole content.
   *
   * @param source a file or bytes
   * @return its bytes, the caller's own
   * @throws MediaException if it cannot be read
   */
  public static byte[] bytes(MediaSource source) {
    if (source instanceof MediaSource.Bytes bytes) {
      return bytes.content();
    }
    Path path = ((MediaSource.File) source).path();
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** Whether native code can open the source by its name: not bytes, not a file inside a ZIP. */
  static boolean isPlainFile(MediaSource source) {
    return source instanceof MediaSource.File file
        && file.path().getFileSystem().equals(FileSystems.getDefault());
  }

  static Path absolutePath(MediaSource source) {
    return ((MediaSource.File) source).path().toAbsolutePath();
  }

  private static long sizeInBytes(MediaSource source) {
    return source instanceof MediaSource.File file
        ? sizeInBytes(file.path())
        : ((MediaSource.Bytes) source).content().length;
  }

  private static long sizeInBytes(Path path) {
    if (!Files.exists(path)) {
      throw new MediaException(
          path + " does not exist (looked in " + path.toAbsolutePath() + "); check the path");
    }
    if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
      throw new MediaException(
          path
              + " is not a readable file; pass a regular file this process may read, or what comes"
              + " through a pipe as an InputStream");
    }
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static MediaException unreadable(Path path, IOException e) {
    return new MediaException(path + " cannot be read: " + e + "; check the disk", e);
  }
}
