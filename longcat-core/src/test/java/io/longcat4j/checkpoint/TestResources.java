package io.longcat4j.checkpoint;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** Finds files of this module's test resources. */
final class TestResources {
  private TestResources() {}

  static Path checkpoint(String name) {
    URL url = TestResources.class.getResource("/checkpoint/" + name);
    try {
      return Path.of(Objects.requireNonNull(url, name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
