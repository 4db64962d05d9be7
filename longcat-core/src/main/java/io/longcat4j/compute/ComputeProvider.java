package io.longcat4j.compute;

import io.longcat4j.Backend;
import io.longcat4j.Numerics;
import io.longcat4j.spi.WorkerThreads;

/** Offers a backend; found by {@link java.util.ServiceLoader}. */
public interface ComputeProvider {
  /**
   * The name that selects it.
   *
   * @return as in {@link Backend#name()}
   */
  String name();

  /**
   * How much it is preferred by {@link Backend#auto()}.
   *
   * @return higher is preferred
   */
  int priority();

  /**
   * Opens the backend.
   *
   * @param threads that compute; a backend may do without
   * @param numerics how exactly it computes
   * @return the backend, owned by the caller
   * @throws io.longcat4j.BackendException if it does not work on this machine or does not know the
   *     numerics, with the reason
   */
  ComputeBackend open(WorkerThreads threads, Numerics numerics);
}
