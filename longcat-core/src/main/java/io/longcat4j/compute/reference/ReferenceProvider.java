package io.longcat4j.compute.reference;

import io.longcat4j.BackendException;
import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.ComputeProvider;
import io.longcat4j.spi.WorkerThreads;

/** Offers the plain Java backend, which works everywhere and is preferred nowhere. */
public final class ReferenceProvider implements ComputeProvider {
  /** Used by {@link java.util.ServiceLoader}. */
  public ReferenceProvider() {}

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public ComputeBackend open(WorkerThreads threads, Numerics numerics) {
    if (numerics != Numerics.EXACT) {
      throw new BackendException(
          "the reference backend computes exactly, not in " + numerics + "; pass Numerics.EXACT");
    }
    return new ReferenceBackend();
  }
}
