package io.longcat4j.cuda;

import io.longcat4j.testing.EmulatorSettings;
import io.longcat4j.testing.ExpertContract;
import io.longcat4j.testing.ExpertSliceContract;
import io.longcat4j.testing.FusedContract;
import io.longcat4j.testing.SliceContract;
import org.junit.jupiter.api.Tag;

/** The rest of the contract of a backend, by kernels that run on an emulated GPU. */
@Tag("emulated")
class EmulatedCudaExpertsTest extends EmulatedBackend
    implements ExpertContract, SliceContract, ExpertSliceContract, FusedContract {
  EmulatedCudaExpertsTest() {
    super(EmulatorSettings.today());
  }
}
