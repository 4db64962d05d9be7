package io.longcat4j.spi;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** The directory of the library in the user's cache directory, where nobody named another. */
public final class UserCache {
  private static final String NAME = "longcat4j";

  private UserCache() {}

  /**
   * Finds it: in {@code $XDG_CACHE_HOME} or {@code ~/.cache}, on macOS in {@code ~/Library/Caches},
   * on Windows in {@code %LOCALAPPDATA%}. It need not exist.
   *
   * @return an absolute path, or empty where the user has none
   */
  public static Optional<Path> directory() {
    return directory(System.getProperties(), System.getenv());
  }

  /**
   * Finds it as {@link #directory()} does.
   *
   * @param properties in place of the system properties
   * @param environment in place of the process's
   * @return an absolute path, or empty where the user has none
   */
  public static Optional<Path> directory(Properties properties, Map<String, String> environment) {
    return ofUser(properties, environment).map(path -> path.resolve(NAME));
  }

  /**
   * A directory that somebody named, as an absolute path.
   *
   * @param directory may be relative
   * @return the same directory
   * @throws IOException if it is relative and the working directory has letters that the system's
   *     encoding lacks, as with {@code LANG=C}: all that Java does with relative paths ends in
   *     another directory there
   */
  public static Path absolute(Path directory) throws IOException {
    if (directory.isAbsolute()) {
      return directory;
    }
    try {
      return Path.of(System.getProperty("user.dir")).resolve(directory);
    } catch (InvalidPathException e) {
      throw new IOException(
          "the working directory has letters that this system's encoding, "
              + System.getProperty("sun.jnu.encoding")
              + ", does not know, so that Java finds no relative path; name an absolute one or set"
              + " LC_ALL=C.UTF-8",
          e);
    }
  }

  private static Optional<Path> ofUser(Properties properties, Map<String, String> environment) {
    Optional<Path> home = absolute(properties.getProperty("user.home"));
    String system = properties.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (system.startsWith("windows")) {
      return absolute(environment.get("LOCALAPPDATA"))
          .or(() -> home.map(path -> path.resolve("AppData").resolve("Local")));
    }
    if (system.startsWith("mac")) {
      return home.map(path -> path.resolve("Library").resolve("Caches"));
    }
    return absolute(environment.get("XDG_CACHE_HOME"))
        .or(() -> home.map(path -> path.resolve(".cache")));
  }

  /**
   * Users without a home have a question mark, or nothing; a name that the system's encoding does
   * not know is no path.
   */
  private static Optional<Path> absolute(@Nullable String path) {
    try {
      return Optional.ofNullable(path)
          .filter(name -> !name.isBlank())
          .map(Path::of)
          .filter(Path::isAbsolute);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
