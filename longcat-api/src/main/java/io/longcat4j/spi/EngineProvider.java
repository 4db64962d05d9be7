package io.longcat4j.spi;

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
}
