package io.longcat4j.cli;

import io.longcat4j.spi.ModelProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Stands before the real small model on the class path of the tests: where the cache directory is
 * that of a fake engine, it is the model; else the real one is.
 */
public final class FakeModelProvider implements ModelProvider {
  @Override
  public String name() {
    return "tiny";
  }

  @Override
  public Path directory(Optional<Path> cacheDirectory) {
    return cacheDirectory
        .filter(directory -> Files.exists(directory.resolve(FakeEngineProvider.MARKER)))
        .orElseGet(() -> real().directory(cacheDirectory));
  }

  private static ModelProvider real() {
    return ServiceLoader.load(ModelProvider.class).stream()
        .filter(provider -> provider.type() != FakeModelProvider.class)
        .findFirst()
        .orElseThrow()
        .get();
  }
}
