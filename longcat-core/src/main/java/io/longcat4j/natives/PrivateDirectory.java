package io.longcat4j.natives;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A directory whose files nobody but this user can plant or change, so that libraries may be loaded
 * from it. Immutable and thread-safe, also among processes.
 */
public final class PrivateDirectory {
  private final Path path;
  private final Ownership ownership;

  private PrivateDirectory(Path path, Ownership ownership) {
    this.path = path;
    this.ownership = ownership;
  }

  /**
   * Takes a directory; where it is missing, it is made with mode 0700.
   *
   * @param directory not a link
   * @return the directory by its real path
   * @throws IOException if it cannot be made or written, or others could change what is in it; the
   *     message tells which
   */
  public static PrivateDirectory at(Path directory) throws IOException {
    if (Files.isSymbolicLink(directory)) {
      throw new IOException(directory + " is a link; name the directory itself");
    }
    Files.createDirectories(directory, Ownership.onlyOwner(directory));
    Path real = directory.toRealPath();
    Path probe = Files.createTempFile(real, ".probe", "");
    try {
      Ownership ownership = Ownership.like(probe);
      ownership.requireDirectory(real);
      return new PrivateDirectory(real, ownership);
    } finally {
      Files.delete(probe);
    }
  }

  /**
   * Makes a directory among the temporary files, with a name that nobody can foresee. It is deleted
   * when the JVM ends.
   *
   * @return the directory, mode 0700
   * @throws IOException if it cannot be made
   */
  public static PrivateDirectory temporary() throws IOException {
    Path directory = Files.createTempDirectory("longcat4j-natives-");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory), "longcat-natives"));
    return at(directory);
  }

  /**
   * Where it is.
   *
   * @return an absolute path without links
   */
  public Path path() {
    return path;
  }

  /**
   * Sees to it that a file is what lies in a jar, whoever wrote it. Where it is not, it is replaced
   * as a whole; processes that have loaded it keep theirs. What is replaced hands its time on, by
   * which others may know it.
   *
   * @param packed what it is to be
   * @param file in this directory; may be missing
   * @return the file
   * @throws IOException if it cannot be read or written, or others could change it
   */
  public Path place(URL packed, Path file) throws IOException {
    PackedFile wanted = new PackedFile(packed);
    prepareFolder(file);
    if (!isWhole(wanted, file)) {
      replace(wanted, file);
    }
    return file;
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @param file in this directory
   * @return its bytes, or nothing where it is missing or others could have changed it
   * @throws IOException if it cannot be read
   */
  public Optional<byte[]> read(Path file) throws IOException {
    requireWithin(file);
    boolean trusted =
        Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && ownership.isOwnersAlone(file);
    return trusted ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
  }

  /**
   * Keeps bytes that this program has made. The file is there as a whole or not at all.
   *
   * @param file in this directory; replaced where it exists
   * @param bytes what it is to hold
   * @throws IOException if it cannot be written, or others could change it
   */
  public void write(Path file, byte[] bytes) throws IOException {
    Path fresh = Files.createTempFile(prepareFolder(file), ".new", "");
    try {
      Files.write(fresh, bytes);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private Path prepareFolder(Path file) throws IOException {
    Path folder = requireWithin(file);
    Files.createDirectories(folder, Ownership.onlyOwner(folder));
    ownership.requireDirectory(folder.toRealPath());
    return folder;
  }

  private Path requireWithin(Path file) throws IOException {
    Path folder = file.getParent();
    if (folder == null || !file.normalize().startsWith(path)) {
      throw new IOException(file + " is not in " + path);
    }
    return folder;
  }

  /**
   * What tells versions of a file apart, as part of a file name.
   *
   * @param packed a file in a jar
   * @return letters and digits
   * @throws IOException if it cannot be read
   */
  public static String fingerprint(URL packed) throws IOException {
    return new PackedFile(packed).fingerprint();
  }

  private boolean isWhole(PackedFile packed, Path file) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && ownership.isOwnersAlone(file)
        && packed.equalsFile(file);
  }

  private void replace(PackedFile packed, Path file) throws IOException {
    Path fresh = Files.createTempFile(file.getParent(), ".new", "");
    try {
      packed.copyTo(fresh);
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        FileTime time = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
        Files.setLastModifiedTime(fresh, time);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // Another process may have done it, and systems exist that do not replace a loaded library.
      if (!isWhole(packed, file)) {
        throw e;
      }
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // Some systems keep a loaded library's file; theirs is to clear away temporary files.
    }
  }
}
