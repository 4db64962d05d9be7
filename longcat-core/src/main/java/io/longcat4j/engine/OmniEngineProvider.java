package io.longcat4j.engine;

import io.longcat4j.Plan;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.spi.Engine;
import io.longcat4j.spi.EngineOptions;
import io.longcat4j.spi.EngineProvider;

/** Opens checkpoints in the published layout. */
public final class OmniEngineProvider implements EngineProvider {
  /** Called by {@link java.util.ServiceLoader}. */
  public OmniEngineProvider() {}

  @Override
  public Engine open(EngineOptions options) {
    WorkingDirectory.mend();
    NativeSettings.apply(options.cacheDirectory());
    return HeapGuard.run("Loading", () -> open(options, BackendSelection.onClassPath()));
  }

  private static Engine open(EngineOptions options, BackendSelection backends) {
    return RankTeam.willFollow(options.parallel(), System.getenv())
        ? FollowerEngine.open(options, backends)
        : new OmniEngine(LoadedCheckpoint.load(options, backends));
  }

  @Override
  public Plan plan(EngineOptions options) {
    WorkingDirectory.mend();
    return Planning.plan(options, BackendSelection.onClassPath());
  }
}
