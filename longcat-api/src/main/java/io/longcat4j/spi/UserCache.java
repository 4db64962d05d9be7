package io.longcat4j.spi;

import java.io.IOException;
import java.nio.file.Files;
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
   * Makes a directory where it is missing, and asks the system for its name. Java's own absolute
   * path is another one where the working directory has letters that the system's encoding lacks.
   *
   * @param directory may be relative
   * @return the same directory as an absolute path without links
   * @throws IOException if it cannot be made
   */
  public static Path make(Path directory) throws IOException {
    Path parent = directory.getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      make(parent);
    }
    // With the parent there, this looks at no absolute path.
    return Files.createDirectories(directory).toRealPath();
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
