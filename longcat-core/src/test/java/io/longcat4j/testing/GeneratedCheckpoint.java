package io.longcat4j.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Checkpoints of random weights that lie in {@code testdata} without the weights: those are drawn
 * again by {@code weights.txt}, files ending on {@code .planes.gz} are unpacked, as LongCat-Tiny's
 * are, and others copied. It happens once, in {@code target/generated}, for all tests of all
 * modules and processes.
 */
public final class GeneratedCheckpoint {
  private static final String RECIPE = "weights.txt";
  private static final String PACKED = ".planes.gz";
  private static final int PLANES = 4;

  /** Nobody changes testdata while tests run, and some ask thousands of times. */
  private static final Map<Path, Path> MADE = new ConcurrentHashMap<>();

  private GeneratedCheckpoint() {}

  /**
   * Makes one elsewhere.
   *
   * @param arguments the folder in testdata, and the folder to write
   */
  public static void main(String[] arguments) throws IOException {
    make(Path.of(arguments[0]), Path.of(arguments[1]));
  }

  /** The whole checkpoint. */
  static Path of(Path source) {
    return MADE.computeIfAbsent(source, GeneratedCheckpoint::made);
  }

  private static Path made(Path source) {
    try {
      Path target =
          TestData.root()
              .resolve("target/generated")
              .resolve(hash(source))
              .resolve(source.getFileName());
      if (!Files.isDirectory(target)) {
        Files.createDirectories(target.getParent());
        Path fresh = Files.createTempDirectory(target.getParent(), "new-");
        make(source, fresh);
        publish(fresh, target);
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void publish(Path fresh, Path target) throws IOException {
    try {
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.isDirectory(target)) {
        throw e;
      }
      // Another process made the same.
      delete(fresh);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static void make(Path source, Path target) throws IOException {
    for (Path file : files(source)) {
      Path copy = target.resolve(source.relativize(file).toString());
      Files.createDirectories(copy.getParent());
      if (file.endsWith(RECIPE)) {
        WeightRecipe.write(file, target);
      } else if (file.toString().endsWith(PACKED)) {
        unpack(file, copy);
      } else {
        Files.copy(file, copy);
      }
    }
  }

  private static void unpack(Path file, Path copy) throws IOException {
    String name = copy.getFileName().toString();
    Path whole = copy.resolveSibling(name.substring(0, name.length() - PACKED.length()));
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      byte[] planes = in.readAllBytes();
      byte[] bytes = new byte[planes.length];
      int at = 0;
      for (int plane = 0; plane < PLANES; plane++) {
        for (int i = plane; i < bytes.length; i += PLANES) {
          bytes[i] = planes[at++];
        }
      }
      Files.write(whole, bytes);
    }
  }

  private static String hash(Path source) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files(source)) {
        digest.update(source.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(file));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
