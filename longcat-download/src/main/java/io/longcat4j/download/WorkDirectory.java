package io.longcat4j.download;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a download in its directory: a lock, unfinished files, and notes of what was
 * checked. It belongs to one download at a time, which closes it.
 */
final class WorkDirectory implements AutoCloseable {
  static final String NAME = ".longcat-download";
  private static final String PARTS = "parts";

  private final Path directory;

  /** Holds the lock for as long as it is open. */
  private final FileChannel lockFile;

  private final VerifiedFiles verified;
  private final ExecutorService threads = Executors.newCachedThreadPool(WorkDirectory::thread);

  private WorkDirectory(Path directory, FileChannel lockFile) {
    this.directory = directory;
    this.lockFile = lockFile;
    this.verified = VerifiedFiles.read(directory);
  }

  /**
   * Makes it, or takes over what an earlier download left.
   *
   * @param directory where the checkpoint goes; created if missing
   * @throws DownloadException if another download has it, or it cannot be written
   */
  static WorkDirectory open(Path directory) {
    FileChannel channel = null;
    try {
      Path work = Files.createDirectories(directory).resolve(NAME);
      Files.createDirectories(work.resolve(PARTS));
      channel =
          FileChannel.open(
              work.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel) == null) {
        channel.close();
        throw new DownloadException(
            directory + ": another download into this directory is running; wait for it or end it");
      }
      return new WorkDirectory(directory, channel);
    } catch (IOException e) {
      closeQuietly(channel);
      throw new DownloadException(
          directory + ": cannot be written (" + e + "); name a directory that can", e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  Path target(RepositoryFile file) {
    return directory.resolve(file.path());
  }

  Path part(RepositoryFile file) {
    return parts().resolve(file.path() + ".part");
  }

  Path partState(RepositoryFile file) {
    return parts().resolve(file.path() + ".json");
  }

  VerifiedFiles verified() {
    return verified;
  }

  /** Threads that bring to the disk what was written; there are none until one is needed. */
  Executor threads() {
    return threads;
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "longcat-download-disk");
    thread.setDaemon(true);
    return thread;
  }

  private Path parts() {
    return directory.resolve(NAME).resolve(PARTS);
  }

  /** Unfinished files that the repository no longer has would lie here for ever. */
  void forgetAllBut(List<RepositoryFile> files) {
    Set<Path> kept = new HashSet<>();
    files.forEach(file -> kept.addAll(List.of(part(file), partState(file))));
    try (Stream<Path> found = Files.walk(parts())) {
      for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
        if (Files.isRegularFile(path) ? !kept.contains(path) : !path.equals(parts())) {
          removeUnlessFull(path);
        }
      }
    } catch (IOException e) {
      throw new DownloadException(parts() + ": cannot be tidied (" + e + "); remove it", e);
    }
  }

  private static void removeUnlessFull(Path path) throws IOException {
    try {
      Files.deleteIfExists(path);
    } catch (DirectoryNotEmptyException e) {
      // Holds what is kept.
    }
  }

  @Override
  public void close() {
    // What they still do is about files that are closed by now.
    threads.shutdown();
    closeQuietly(lockFile);
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // What went wrong before is told.
    }
  }
}
