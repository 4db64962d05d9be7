package io.longcat4j.compute;

import io.longcat4j.Backend;
import io.longcat4j.Gpus;
import io.longcat4j.Numerics;
import io.longcat4j.spi.WorkerThreads;
import java.util.List;

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
   * Opens the backend of a rank. What has no devices only wants threads and numerics.
   *
   * @param request how
   * @return the backend, owned by the caller
   * @throws io.longcat4j.BackendException as {@link #open(WorkerThreads, Numerics)}, or if there
   *     are too few devices, or the device has too little memory; the message says how much is
   *     missing
   */
  default ComputeBackend open(BackendRequest request) {
    return open(request.threads(), request.numerics());
  }

  /**
   * Whether it offers devices with memory of their own.
   *
   * @return false for a backend that computes in memory of the host
   */
  default boolean hasDevices() {
    return false;
  }

  /**
   * What the devices of this backend have free for each rank of this host; opens and takes nothing.
   *
   * @param gpus which of them
   * @param ranks of this host
   * @return one for each rank; none for a backend that computes in memory of the host
   * @throws io.longcat4j.BackendException if there are no devices, or too few
   */
  default List<DeviceMemory> devices(Gpus gpus, int ranks) {
    return List.of();
  }

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
