package io.longcat4j.evaluate;

import io.longcat4j.Plan;
import io.longcat4j.spi.Engine;
import io.longcat4j.spi.EngineOptions;
import io.longcat4j.spi.EngineProvider;

/** Gives every test an {@link EchoEngine}. */
public final class EchoEngineProvider implements EngineProvider {
  @Override
  public Engine open(EngineOptions options) {
    return new EchoEngine();
  }

  @Override
  public Plan plan(EngineOptions options) {
    throw new UnsupportedOperationException("no test plans");
  }
}
