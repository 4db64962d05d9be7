package io.longcat4j.compute.cpu;

import io.longcat4j.BackendException;
import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.ComputeProvider;
import io.longcat4j.spi.WorkerThreads;

/** Offers the native backend where this build has kernels for the platform. */
public final class CpuProvider implements ComputeProvider {
  /** Used by {@link java.util.ServiceLoader}. */
  public CpuProvider() {}

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public int priority() {
    return 100;
  }

  @Override
  public ComputeBackend open(WorkerThreads threads, Numerics numerics) {
    int count = threads.countHere();
    if (count < 1) {
      throw new BackendException("the cpu backend needs at least 1 thread, not " + count);
    }
    String library = NativeLibrary.load();
    return new CpuBackend(InstructionSet.best(), numerics, count, threads.pinned(), library);
  }
}
