package io.longcat4j.natives;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.util.Arrays;
import org.bytedeco.javacpp.Loader;

/**
 * Sees to it that what JavaCPP has unpacked is what lies in the jar. JavaCPP goes by the jar's name
 * and the file's size and time, and in reproducible builds all files have the same time: after an
 * update within one version it would take the library of before. Thread-safe.
 */
public final class UnpackedLibrary {
  private UnpackedLibrary() {}

  /**
   * Loads the library of a class that JavaCPP knows.
   *
   * @param owner the class with the native methods
   * @param resource the library, relative to the class
   * @return its file
   * @throws LinkageError if it cannot be loaded
   * @throws IllegalStateException if it cannot be unpacked
   */
  public static String load(Class<?> owner, String resource) {
    URL packed = owner.getResource(resource);
    if (packed != null) {
      try {
        refresh(packed);
      } catch (IOException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }
    return String.valueOf(Loader.load(owner));
  }

  /** Unpacks what lies in a jar again if it is not what was unpacked before. */
  static File refresh(URL packed) throws IOException {
    if (!packed.getProtocol().equals("jar")) {
      return Loader.cacheResource(packed);
    }
    File unpacked = Loader.cacheResource(packed);
    byte[] wanted = read(packed);
    if (!Arrays.equals(wanted, Files.readAllBytes(unpacked.toPath()))) {
      // A process that has loaded it keeps its file.
      Files.delete(unpacked.toPath());
      unpacked = Loader.cacheResource(packed);
    }
    return unpacked;
  }

  private static byte[] read(URL packed) throws IOException {
    URLConnection connection = packed.openConnection();
    connection.setUseCaches(false);
    try (InputStream in = connection.getInputStream()) {
      return in.readAllBytes();
    }
  }
}
