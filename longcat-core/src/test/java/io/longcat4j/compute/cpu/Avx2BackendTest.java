package io.longcat4j.compute.cpu;

import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.testing.ComputeBackendContract;
import org.junit.jupiter.api.Tag;

@Tag("kernels")
class Avx2BackendTest extends ComputeBackendContract {
  @Override
  protected ComputeBackend open(int threads) {
    return CpuBackends.open(InstructionSet.AVX2, threads);
  }
}
