package io.longcat4j.cli;

import io.longcat4j.LoadingProgress;
import io.longcat4j.LoadingProgress.Phase;
import io.longcat4j.Plan;
import io.longcat4j.spi.Engine;
import io.longcat4j.spi.EngineOptions;
import io.longcat4j.spi.EngineProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;

/**
 * Stands before the real engine on the class path of the tests: directories with a marker file get
 * a fake engine, all others the real one.
 */
public final class FakeEngineProvider implements EngineProvider {
  static final String MARKER = "fake-engine";

  static Path checkpointIn(Path folder) throws java.io.IOException {
    Path checkpoint = Files.createDirectories(folder.resolve("checkpoint"));
    Files.writeString(checkpoint.resolve(MARKER), "");
    return checkpoint;
  }

  @Override
  public Engine open(EngineOptions options) {
    if (Files.exists(options.model().resolve(MARKER))) {
      options.listener().onProgress(new LoadingProgress(Phase.LANGUAGE_MODEL, "model", 5, 10));
      options.listener().onProgress(new LoadingProgress(Phase.READY, "", 1, 1));
      return new FakeEngine(options);
    }
    return real().open(options);
  }

  @Override
  public Plan plan(EngineOptions options) {
    return real().plan(options);
  }

  private static EngineProvider real() {
    return ServiceLoader.load(EngineProvider.class).stream()
        .filter(provider -> provider.type() != FakeEngineProvider.class)
        .findFirst()
        .orElseThrow()
        .get();
  }
}
