package io.longcat4j.acceptance;

import io.longcat4j.testing.TestData;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/** A copy of the BF16 fixture that a test may damage. */
final class CheckpointCopy {
  private final Path directory;

  private CheckpointCopy(Path directory) {
    this.directory = directory;
  }

  static CheckpointCopy in(Path parent) throws IOException {
    Path target = parent.resolve("checkpoint");
    Path source = TestData.bf16();
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path relative = source.relativize(file);
        if (!relative.startsWith("golden")) {
          Files.copy(file, target.resolve(relative.toString()));
        }
      }
    }
    return new CheckpointCopy(target);
  }

  Path directory() {
    return directory;
  }

  Path file(String relative) {
    return directory.resolve(relative);
  }

  CheckpointCopy delete(String relative) throws IOException {
    Path path = file(relative);
    if (Files.isDirectory(path)) {
      try (Stream<Path> children = Files.list(path)) {
        for (Path child : (Iterable<Path>) children::iterator) {
          Files.delete(child);
        }
      }
    }
    Files.delete(path);
    return this;
  }

  CheckpointCopy truncate(String relative, long bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file(relative), StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
    return this;
  }

  CheckpointCopy replace(String relative, String from, String to) throws IOException {
    String text = Files.readString(file(relative));
    if (!text.contains(from)) {
      throw new IllegalArgumentException(relative + " does not contain " + from);
    }
    Files.writeString(file(relative), text.replace(from, to));
    return this;
  }

  CheckpointCopy write(String relative, byte[] content) throws IOException {
    Files.write(file(relative), content);
    return this;
  }
}
