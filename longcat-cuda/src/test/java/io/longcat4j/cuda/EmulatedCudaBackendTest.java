package io.longcat4j.cuda;

import io.longcat4j.testing.AttentionContract;
import io.longcat4j.testing.ElementContract;
import io.longcat4j.testing.EmulatorSettings;
import io.longcat4j.testing.LifetimeContract;
import io.longcat4j.testing.LinearContract;
import io.longcat4j.testing.RepetitionContract;
import org.junit.jupiter.api.Tag;

/**
 * The contract of a backend, by kernels that run on an emulated GPU; experts and slices are in
 * {@link EmulatedCudaExpertsTest}, so that two processes share the work.
 */
@Tag("emulated")
class EmulatedCudaBackendTest extends EmulatedBackend
    implements ElementContract,
        LinearContract,
        AttentionContract,
        LifetimeContract,
        RepetitionContract {
  EmulatedCudaBackendTest() {
    super(EmulatorSettings.today());
  }
}
