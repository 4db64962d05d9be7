package io.longcat4j.natives;

import io.longcat4j.spi.UserCache;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where this JVM unpacks native libraries. It is JavaCPP's setting, the system property {@value
 * #PROPERTY}, because JavaCPP takes it for the whole JVM, and so do all class loaders here. Nobody
 * having set it, it is {@code natives} in the directory that an engine was given, else {@code
 * longcat4j/natives} in the user's cache directory, else a temporary one.
 */
public final class NativeCache {
  /** The system property that names the directory. */
  public static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

  /** What to do where it does not work, for messages. */
  public static final String REMEDY =
      "set the system property "
          + PROPERTY
          + " or cacheDirectory(...) to a directory that only this user can write and whose files"
          + " can be executed";

  /** Each class loader has its class of this name, but all have the same string. */
  private static final Object LOCK = "io.longcat4j.natives.lock";

  private static final String FOLDER = "natives";
  private static final Logger LOG = LoggerFactory.getLogger(NativeCache.class);

  private NativeCache() {}

  /**
   * Chooses, unless somebody has.
   *
   * @param cacheDirectory of an engine; created if missing
   */
  public static void choose(Path cacheDirectory) {
    synchronized (LOCK) {
      if (named() == null) {
        Path folder = cacheDirectory.resolve(FOLDER);
        try {
          System.setProperty(PROPERTY, UserCache.absolute(folder).toString());
        } catch (IOException e) {
          // Asking for the directory will say why there is none.
          System.setProperty(PROPERTY, folder.toString());
        }
      }
    }
  }

  /**
   * What to hold while settings of native libraries are changed.
   *
   * @return one for all class loaders of this JVM
   */
  public static Object lock() {
    return LOCK;
  }

  /**
   * The directory.
   *
   * @return the same for all callers in this JVM
   * @throws IOException if the one that was named cannot be used, or no other can be made
   */
  public static PrivateDirectory directory() throws IOException {
    synchronized (LOCK) {
      String named = named();
      if (named != null) {
        return PrivateDirectory.at(UserCache.absolute(path(named)));
      }
      PrivateDirectory found = find(UserCache.directory());
      System.setProperty(PROPERTY, found.path().toString());
      return found;
    }
  }

  static PrivateDirectory find(Optional<Path> userCache) throws IOException {
    if (userCache.isPresent()) {
      try {
        return PrivateDirectory.at(userCache.get().resolve(FOLDER));
      } catch (IOException e) {
        LOG.warn(
            "Native libraries are unpacked to a temporary directory at each start, because the"
                + " user's cache directory will not do ({}); {}",
            e.getMessage(),
            REMEDY);
      }
    }
    return PrivateDirectory.temporary();
  }

  private static Path path(String named) throws IOException {
    try {
      return Path.of(named);
    } catch (InvalidPathException e) {
      throw new IOException(
          "'"
              + named
              + "' is no path in this system's encoding, "
              + System.getProperty("sun.jnu.encoding"),
          e);
    }
  }

  private static @Nullable String named() {
    String named = System.getProperty(PROPERTY);
    return named != null ? named : System.getProperty("org.bytedeco.javacpp.cacheDir");
  }
}
