package io.longcat4j.cuda;

import io.longcat4j.testing.ExpertContract;
import io.longcat4j.testing.ExpertSliceContract;
import io.longcat4j.testing.FusedContract;
import io.longcat4j.testing.SliceContract;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * At night, the rest of the contract in many orders of threads, as both models of tensor cores and
 * architectures.
 */
@Tag("emulated")
@EnabledIfSystemProperty(named = "longcat.nightly", matches = "true")
@ParameterizedClass
@MethodSource("io.longcat4j.testing.EmulatorSettings#nightly")
class EmulatedCudaExpertsSeedsTest extends EmulatedBackend
    implements ExpertContract, SliceContract, ExpertSliceContract, FusedContract {
  EmulatedCudaExpertsSeedsTest(String settings) {
    super(settings);
  }
}
