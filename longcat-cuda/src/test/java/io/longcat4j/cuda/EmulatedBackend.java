package io.longcat4j.cuda;

import io.longcat4j.Numerics;
import io.longcat4j.spi.WorkerThreads;
import io.longcat4j.testing.ComputeBench;
import io.longcat4j.testing.EmulatorSettings;
import java.util.OptionalInt;
import org.junit.jupiter.api.extension.ExtendWith;

/** Opens the emulated backend for contracts; every case of theirs is tried once a night. */
@ExtendWith(EmulatorSettings.class)
abstract class EmulatedBackend {
  private final String settings;

  EmulatedBackend(String settings) {
    this.settings = settings;
  }

  public ComputeBench bench(int threads) {
    EmulatorSettings.apply(settings);
    return new ComputeBench(
        new EmulatedCudaProvider()
            .open(WorkerThreads.unpinned(OptionalInt.of(threads)), Numerics.EXACT));
  }

  public boolean isSlow() {
    boolean first = settings.equals(EmulatorSettings.today());
    return !(first && Boolean.getBoolean("longcat.nightly"));
  }
}
