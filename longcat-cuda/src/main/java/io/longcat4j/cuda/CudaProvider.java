package io.longcat4j.cuda;

import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.ComputeProvider;
import io.longcat4j.spi.WorkerThreads;

/** Offers the first GPU of this machine. */
public final class CudaProvider implements ComputeProvider {
  /** Used by {@link java.util.ServiceLoader}. */
  public CudaProvider() {}

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public int priority() {
    return 200;
  }

  @Override
  public ComputeBackend open(WorkerThreads threads, Numerics numerics) {
    CudaLibrary.load();
    return new CudaBackend(
        new CudaContext.Options(name(), new DeviceKind.Hardware(), 0, numerics, 0));
  }
}
