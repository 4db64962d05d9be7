package io.longcat4j.tiny;

import io.longcat4j.CheckpointException;
import io.longcat4j.spi.UserCache;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where unpacked files go.
 *
 * @param path the directory, or empty where the user has none
 * @param chosen whether somebody named it, so that no other will do
 */
record CacheDirectory(Optional<Path> path, boolean chosen) {
  static final String PROPERTY = "io.longcat4j.tiny.cache";
  static final String VARIABLE = "LONGCAT_TINY_CACHE";

  static CacheDirectory ofThisProcess(Optional<Path> wanted) {
    return of(wanted, System.getProperties(), System.getenv());
  }

  static CacheDirectory of(
      Optional<Path> wanted, Properties properties, Map<String, String> environment) {
    Optional<Path> named =
        wanted
            .or(() -> named(PROPERTY, properties.getProperty(PROPERTY)))
            .or(() -> named(VARIABLE, environment.get(VARIABLE)));
    return named.isPresent()
        ? new CacheDirectory(named, true)
        : new CacheDirectory(UserCache.directory(properties, environment), false);
  }

  private static Optional<Path> named(String what, @Nullable String path) {
    try {
      return Optional.ofNullable(path).filter(name -> !name.isBlank()).map(Path::of);
    } catch (InvalidPathException e) {
      throw new CheckpointException(
          what + " is '" + path + "', which is no path; correct or unset it", e);
    }
  }
}
