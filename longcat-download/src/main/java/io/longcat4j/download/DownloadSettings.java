package io.longcat4j.download;

import java.nio.file.Path;

/**
 * How a download goes about it.
 *
 * @param connections files at a time
 * @param retries attempts in a row that may bring nothing
 * @param replace whether files that no download put there may be replaced
 * @param pace time
 */
record DownloadSettings(int connections, int retries, boolean replace, Pace pace) {

  /** Refuses to replace what may be somebody's work. */
  void requireReplaceable(Path target, boolean isOurs) {
    if (!replace && !isOurs) {
      throw new DownloadException(
          target
              + " is not the file that the repository lists, and no download put it there as it is;"
              + " move it away, name another directory, or allow it to be replaced (replace(true),"
              + " --replace)");
    }
  }
}
