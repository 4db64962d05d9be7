package io.longcat4j.compute.reference;

import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.spi.WorkerThreads;
import io.longcat4j.testing.ComputeBackendContract;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;

@Tag("once")
class ReferenceBackendTest extends ComputeBackendContract {
  @Override
  protected ComputeBackend open(int threads) {
    return new ReferenceProvider()
        .open(WorkerThreads.unpinned(OptionalInt.of(threads)), Numerics.EXACT);
  }

  @Override
  public boolean isSlow() {
    return !Boolean.getBoolean("longcat.nightly");
  }
}
