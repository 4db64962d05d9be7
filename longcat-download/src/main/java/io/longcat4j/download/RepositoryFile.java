package io.longcat4j.download;

import java.util.Objects;
import java.util.Optional;

/**
 * A file as its repository lists it.
 *
 * @param path from the root of the repository, with slashes; checked: it stays inside any directory
 *     it is resolved in
 * @param bytes its length, at least 0
 * @param hash what its content must have, or empty where the repository does not tell
 */
public record RepositoryFile(String path, long bytes, Optional<ContentHash> hash) {
  /** Checks the components. */
  public RepositoryFile {
    FileNames.require(path);
    Objects.requireNonNull(hash, "hash");
    if (bytes < 0) {
      throw new DownloadException(
          path + " is listed with " + bytes + " bytes; the repository's listing cannot be used");
    }
  }
}
