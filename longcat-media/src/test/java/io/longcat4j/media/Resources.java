package io.longcat4j.media;

import io.longcat4j.MediaSource;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** Media files of the tests. */
final class Resources {
  private Resources() {}

  static byte[] bytes(String name) {
    try (InputStream file = Resources.class.getResourceAsStream("/media/" + name)) {
      return file.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Path path(String name) {
    try {
      return Path.of(Resources.class.getResource("/media/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static MediaSource source(String name) {
    return MediaSource.of(path(name));
  }
}
