package io.longcat4j.compute.cpu;

import io.longcat4j.BackendException;
import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.ComputeProvider;
import io.longcat4j.spi.WorkerThreads;
import java.util.Arrays;

/** Offers the native backend where this build has kernels for the platform. */
public final class CpuProvider implements ComputeProvider {
  private static final int MOST_CPUS = 1 << 16;

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
    ProductChoice products =
        ProductChoice.of(
            ProductRates.ofThisProcessor(), numerics, System.getProperty(ProductChoice.PROPERTY));
    return new CpuBackend(products, numerics, count, threads.pinned(), library);
  }

  @Override
  public int[] usableCpus() {
    NativeLibrary.load();
    int[] cpus = new int[MOST_CPUS];
    int count = CpuKernels.usableCpus(cpus, cpus.length);
    return Arrays.copyOf(cpus, Math.max(0, Math.min(count, cpus.length)));
  }

  @Override
  public boolean bindCaller(int[] cpus) {
    NativeLibrary.load();
    return CpuKernels.bindCaller(cpus, cpus.length) == CpuKernels.OK;
  }
}
