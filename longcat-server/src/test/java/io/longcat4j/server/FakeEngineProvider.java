package io.longcat4j.server;

import io.longcat4j.Plan;
import io.longcat4j.spi.Engine;
import io.longcat4j.spi.EngineOptions;
import io.longcat4j.spi.EngineProvider;

/** Opens the engine that the test's {@link Script} is. */
public final class FakeEngineProvider implements EngineProvider {
  @Override
  public Engine open(EngineOptions options) {
    return (Script) options.engineListener();
  }

  @Override
  public Plan plan(EngineOptions options) {
    throw new UnsupportedOperationException();
  }
}
