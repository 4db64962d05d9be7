package io.longcat4j.scripted;

import io.longcat4j.Plan;
import io.longcat4j.spi.Engine;
import io.longcat4j.spi.EngineOptions;
import io.longcat4j.spi.EngineProvider;
import java.util.ServiceLoader;

/** Opens {@link ScriptedEngine}s, and leaves real checkpoints to the real engine. */
public final class ScriptedEngineProvider implements EngineProvider {
  @Override
  public Engine open(EngineOptions options) {
    ScriptedEngine engine = ScriptedEngine.at(options.model());
    return engine == null ? real().open(options) : engine.opened(options);
  }

  @Override
  public Plan plan(EngineOptions options) {
    return real().plan(options);
  }

  private static EngineProvider real() {
    return ServiceLoader.load(EngineProvider.class).stream()
        .filter(provider -> provider.type() != ScriptedEngineProvider.class)
        .findFirst()
        .orElseThrow()
        .get();
  }
}
