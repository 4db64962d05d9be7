package io.longcat4j.compute.cpu;

import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.testing.ComputeBackendContract;
import org.junit.jupiter.api.Tag;

@Tag("kernels")
class GenericBackendTest extends ComputeBackendContract {
  @Override
  protected ComputeBackend open(int threads) {
    return CpuBackends.open(InstructionSet.GENERIC, threads);
  }

  @Override
  public boolean isSlow() {
    return !Boolean.getBoolean("longcat.nightly");
  }
}
