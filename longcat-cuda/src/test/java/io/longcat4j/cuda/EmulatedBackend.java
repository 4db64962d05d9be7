package io.longcat4j.cuda;

import io.longcat4j.Numerics;
import io.longcat4j.spi.WorkerThreads;
import io.longcat4j.testing.ComputeBench;
import java.util.OptionalInt;

/** Opens the emulated backend for contracts; every case of theirs is tried at night. */
abstract class EmulatedBackend {
  public ComputeBench bench(int threads) {
    return new ComputeBench(
        new EmulatedCudaProvider()
            .open(WorkerThreads.unpinned(OptionalInt.of(threads)), Numerics.EXACT));
  }

  public boolean isSlow() {
    return !Boolean.getBoolean("longcat.nightly");
  }
}
