package io.longcat4j.tiny;

import io.longcat4j.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Brings a model's files to a directory. They are written beside their place and renamed as a
 * whole, under a lock that all processes share, so that nobody sees a part of them. What is there
 * already is checked file by file; a read-only directory will do where it is whole.
 */
final class Unpacking {
  private static final long RETRY_MILLIS = 20;

  private final Artifact artifact;
  private final Path cache;
  private final Path target;

  Unpacking(Artifact artifact, Path cache) {
    this.artifact = artifact;
    this.cache = cache;
    this.target = cache.resolve("tiny-" + artifact.id());
  }

  Path run() throws IOException {
    if (!isWhole()) {
      Files.createDirectories(cache);
      try (FileChannel channel =
              FileChannel.open(
                  beside("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = lock(channel)) {
        if (!isWhole() && lock.isValid()) {
          replace();
        }
      }
    }
    return target;
  }

  private boolean isWhole() throws IOException {
    for (ModelFile file : artifact.files()) {
      if (!file.isWholeIn(target)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Waits for other processes, and for this one where it holds the lock in another class loader.
   */
  private static FileLock lock(FileChannel channel) throws IOException {
    while (true) {
      try {
        return channel.lock();
      } catch (OverlappingFileLockException e) {
        try {
          Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException interruption) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted while another thread unpacks");
        }
      }
    }
  }

  private void replace() throws IOException {
    Path fresh = beside("new");
    Path old = beside("old");
    delete(fresh);
    delete(old);
    for (ModelFile file : artifact.files()) {
      try (InputStream from = artifact.resources().open(file.path())) {
        if (!file.unpack(from, fresh)) {
          throw new CheckpointException(
              "The artifact longcat-tiny is damaged: "
                  + file.path()
                  + " in it is not what its list says; download it again");
        }
      }
    }
    if (Files.exists(target)) {
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    deleteQuietly(old);
  }

  private Path beside(String suffix) {
    return cache.resolve(target.getFileName() + "." + suffix);
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** What cannot be deleted now, because somebody still maps it, is deleted another time. */
  static void deleteQuietly(Path directory) {
    try {
      delete(directory);
    } catch (IOException e) {
      // The next unpacking tries again.
    }
  }
}
