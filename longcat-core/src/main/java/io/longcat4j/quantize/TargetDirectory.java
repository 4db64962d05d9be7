package io.longcat4j.quantize;

import io.longcat4j.CheckpointException;
import io.longcat4j.InvalidRequestException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A directory that is filled beside its place and moved there when it is whole. */
final class TargetDirectory implements AutoCloseable {
  private final Path target;
  private final Path partial;

  private TargetDirectory(Path target, Path partial) {
    this.target = target;
    this.partial = partial;
  }

  /** Refuses a target that holds something, or lies in the source. */
  static TargetDirectory prepare(Path output, Path source) {
    Path target = output.toAbsolutePath().normalize();
    Path parent = target.getParent();
    try {
      if (parent == null || real(target).startsWith(source.toRealPath())) {
        throw new InvalidRequestException(
            output + ": lies in the checkpoint to be quantised; give a directory outside it");
      }
      requireEmpty(target);
      Files.createDirectories(parent);
      return new TargetDirectory(
          target, Files.createTempDirectory(parent, target.getFileName() + ".partial"));
    } catch (IOException e) {
      throw failed(output, e);
    }
  }

  /** Where a path leads, though its end does not exist yet. */
  private static Path real(Path target) throws IOException {
    Path existing = target;
    while (existing.getParent() != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    return existing.toRealPath().resolve(existing.relativize(target).toString());
  }

  private static void requireEmpty(Path target) throws IOException {
    if (!Files.exists(target)) {
      return;
    }
    if (!Files.isDirectory(target)) {
      throw new InvalidRequestException(target + ": is a file; give the path of a new directory");
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(target)) {
      if (entries.iterator().hasNext()) {
        throw new InvalidRequestException(
            target + ": is not empty; give a new directory, or remove what is in it");
      }
    }
  }

  Path partial() {
    return partial;
  }

  /** Hard links where the file system has them, else copies. */
  void takeOver(Path source, Set<Path> except) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(source, FileVisitOption.FOLLOW_LINKS)) {
      files = found.filter(Files::isRegularFile).filter(file -> !isHidden(source, file)).toList();
    }
    for (Path file : files) {
      if (!except.contains(file.normalize())) {
        Path into = partial.resolve(source.relativize(file).toString());
        Files.createDirectories(into.getParent());
        linkOrCopy(file.toRealPath(), into);
      }
    }
  }

  private static boolean isHidden(Path source, Path file) {
    for (Path part : source.relativize(file)) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private static void linkOrCopy(Path file, Path into) throws IOException {
    try {
      Files.createLink(into, file);
    } catch (IOException | UnsupportedOperationException e) {
      Files.copy(file, into, StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  /** Makes the directory appear at its place. */
  void finish() throws IOException {
    Files.deleteIfExists(target);
    makeReadable();
    Files.move(partial, target);
  }

  /** Temporary directories are private; a checkpoint is as open as its neighbours. */
  private void makeReadable() throws IOException {
    Path model = Files.createDirectory(partial.resolveSibling(partial.getFileName() + ".mode"));
    try {
      if (Files.getFileStore(model).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(partial, Files.getPosixFilePermissions(model));
      }
    } finally {
      Files.delete(model);
    }
  }

  /** Removes what is not finished. */
  @Override
  public void close() {
    if (!Files.exists(partial)) {
      return;
    }
    try (Stream<Path> left = Files.walk(partial)) {
      for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw failed(partial, e);
    }
  }

  static CheckpointException failed(Path path, IOException e) {
    return new CheckpointException(
        path + ": cannot be written (" + e + "); check its permissions and the room on its disk",
        e);
  }
}
