package io.longcat4j.cuda;

import io.longcat4j.testing.ExpertContract;
import io.longcat4j.testing.ExpertSliceContract;
import io.longcat4j.testing.SliceContract;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The rest of the contract of a backend, by kernels that run on an emulated GPU. */
@Tag("emulated")
@ParameterizedClass
@MethodSource("io.longcat4j.testing.EmulatorSettings#all")
class EmulatedCudaExpertsTest extends EmulatedBackend
    implements ExpertContract, SliceContract, ExpertSliceContract {
  EmulatedCudaExpertsTest(String settings) {
    super(settings);
  }
}
