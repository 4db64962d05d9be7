package io.longcat4j.cuda;

import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.ComputeProvider;
import io.longcat4j.spi.WorkerThreads;

/**
 * Offers a GPU that is emulated on one thread of the CPU, for whoever changes kernels: it is many
 * thousand times slower, and finds races, wrong waits and accesses out of bounds. The environment
 * variable {@code LONGCAT_EMULATOR} says how, such as {@code seed=7,tensor=truncating,arch=90}.
 */
public final class EmulatedCudaProvider implements ComputeProvider {
  private static final long BYTES = 8L << 30;

  /** Used by {@link java.util.ServiceLoader}. */
  public EmulatedCudaProvider() {}

  @Override
  public String name() {
    return "cuda-emulated";
  }

  @Override
  public int priority() {
    return Integer.MIN_VALUE;
  }

  @Override
  public boolean isAutomatic() {
    return false;
  }

  @Override
  public ComputeBackend open(WorkerThreads threads, Numerics numerics) {
    CudaLibrary.load();
    DeviceKind kind = new DeviceKind.Emulated(1, BYTES);
    return new CudaBackend(new CudaContext.Options(name(), kind, 0, numerics, 0));
  }
}
