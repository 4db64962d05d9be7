package io.longcat4j.cuda;

import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.spi.WorkerThreads;
import io.longcat4j.testing.ComputeBackendContract;
import java.util.OptionalInt;

/** Every contract of a backend, by kernels that run on an emulated GPU. */
class EmulatedCudaBackendTest extends ComputeBackendContract {
  @Override
  protected ComputeBackend open(int threads) {
    return new EmulatedCudaProvider()
        .open(WorkerThreads.unpinned(OptionalInt.of(threads)), Numerics.EXACT);
  }
}
