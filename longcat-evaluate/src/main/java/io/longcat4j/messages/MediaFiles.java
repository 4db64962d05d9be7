package io.longcat4j.messages;

import io.longcat4j.InvalidRequestException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Finds media that a JSON file names: relative to its folder, then to the working directory.
 *
 * @param folder the JSON file's folder, or null where it has none
 */
public record MediaFiles(@Nullable Path folder) {

  /**
   * Media beside a file.
   *
   * @param file the JSON file
   * @return what finds them
   */
  public static MediaFiles beside(Path file) {
    return new MediaFiles(file.toAbsolutePath().getParent());
  }

  Path find(String place, String name) {
    try {
      Path path = Path.of(name);
      Path beside = folder == null ? path : folder.resolve(path);
      if (Files.isRegularFile(beside)) {
        return beside;
      }
      if (Files.isRegularFile(path)) {
        return path;
      }
      throw new InvalidRequestException(
          place
              + ": the file '"
              + name
              + "' was found neither at "
              + beside
              + " nor at "
              + path.toAbsolutePath()
              + "; correct the path, it is relative to the JSON file");
    } catch (InvalidPathException e) {
      throw new InvalidRequestException(place + ": '" + name + "' is not a file name", e);
    }
  }
}
