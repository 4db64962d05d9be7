package io.longcat4j.compute.cpu;

import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.testing.ComputeBackendContract;

class NeonBackendTest extends ComputeBackendContract {
  @Override
  protected ComputeBackend open(int threads) {
    return CpuBackends.open(InstructionSet.NEON, threads);
  }
}
