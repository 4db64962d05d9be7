package io.longcat4j.compute;

import io.longcat4j.Backend;
import java.util.OptionalInt;
import java.util.ServiceLoader;

/** Temporary. */
public final class BackendSelection {
  private BackendSelection() {}

  /** Opens. */
  public static ComputeBackend open(Backend wanted, OptionalInt threads) {
    return ServiceLoader.load(ComputeProvider.class).findFirst().orElseThrow().open(threads);
  }
}
