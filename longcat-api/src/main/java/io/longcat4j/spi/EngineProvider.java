package io.longcat4j.spi;

import io.longcat4j.Plan;

/** Opens checkpoints; found by {@link java.util.ServiceLoader}. */
public interface EngineProvider {
  /**
   * Loads a checkpoint.
   *
   * @param options what the application asked for
   * @return the engine, owned by the caller
   * @throws io.longcat4j.LongCatException if the checkpoint cannot be loaded
   */
  Engine open(EngineOptions options);

  /**
   * Tells what a checkpoint will need, without loading it.
   *
   * @param options what the application asked for
   * @return the figures
   * @throws io.longcat4j.LongCatException if its configuration or headers cannot be read
   */
  Plan plan(EngineOptions options);
}
