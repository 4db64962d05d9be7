package io.longcat4j.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks, before anything is fetched, whether it may and can be put there. */
final class Room {
  /** For notes, and for others. */
  private static final long SPARE = 64L << 20;

  private final WorkDirectory work;
  private final DownloadSettings settings;
  private final CheckpointDownload.FreeSpace space;

  Room(WorkDirectory work, DownloadSettings settings, CheckpointDownload.FreeSpace space) {
    this.work = work;
    this.settings = settings;
    this.space = space;
  }

  /**
   * Refuses a download that would end half way.
   *
   * @throws DownloadException if there is no room, or a file is in the way
   */
  void require(Path directory, Listing listing) {
    long wanted = 0;
    for (RepositoryFile file : listing.files()) {
      wanted += missing(file);
    }
    long free = free(directory);
    if (wanted > 0 && free - SPARE < wanted) {
      throw new DownloadException(
          directory
              + ": "
              + wanted
              + " bytes are to come, but its file system has "
              + free
              + " left, of which 64 MiB are kept; make room, or name a directory elsewhere");
    }
  }

  private long missing(RepositoryFile file) {
    Path target = work.target(file);
    try {
      if (Files.exists(target)) {
        if (Files.isRegularFile(target) && Files.size(target) == file.bytes()) {
          return 0;
        }
        settings.requireReplaceable(target, work.verified().isOurs(file));
      }
      return file.bytes() - PartialFile.bytesOf(work, file);
    } catch (IOException e) {
      throw new DownloadException(target + ": cannot be read (" + e + ")", e);
    }
  }

  private long free(Path directory) {
    try {
      return space.in(directory);
    } catch (IOException e) {
      throw new DownloadException(
          directory + ": its free space cannot be asked for (" + e + ")", e);
    }
  }
}
