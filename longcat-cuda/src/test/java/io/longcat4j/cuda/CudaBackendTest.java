package io.longcat4j.cuda;

import io.longcat4j.BackendException;
import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.spi.WorkerThreads;
import io.longcat4j.testing.ComputeBackendContract;
import java.util.OptionalInt;
import org.opentest4j.TestAbortedException;

/**
 * Every contract of a backend on the GPU of this machine; skipped, with the reason, without one.
 */
class CudaBackendTest extends ComputeBackendContract {
  @Override
  protected ComputeBackend open(int threads) {
    try {
      return new CudaProvider()
          .open(WorkerThreads.unpinned(OptionalInt.of(threads)), Numerics.EXACT);
    } catch (BackendException e) {
      throw new TestAbortedException("No GPU to try: " + e.getMessage(), e);
    }
  }
}
