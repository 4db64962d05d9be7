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
   * Whether {@link Backend#auto()} shall try it, and tell where it does not work.
   *
   * @return false for a tool that is asked for by its name, and where this machine shows no device
   *     of the kind
   */
  default boolean isAutomatic() {
    return true;
  }

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

  /**
   * The CPUs that the calling thread may run on.
   *
   * @return their numbers, one of each core before all others; empty where nobody can tell
   */
  default int[] usableCpus() {
    return new int[0];
  }

  /**
   * Lets the calling thread, and those of backends that it opens from then on, run on some CPUs
   * only. Memory that they touch first is then near these CPUs.
   *
   * @param cpus their numbers, at least one
   * @return false where that is not possible; nothing has changed then
   */
  default boolean bindCaller(int[] cpus) {
    return false;
  }
}
