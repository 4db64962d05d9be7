package io.longcat4j.cuda;

import io.longcat4j.testing.AttentionContract;
import io.longcat4j.testing.ElementContract;
import io.longcat4j.testing.LifetimeContract;
import io.longcat4j.testing.LinearContract;
import io.longcat4j.testing.RepetitionContract;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * At night, the contract of a backend in many orders of threads, as both models of tensor cores and
 * architectures.
 */
@Tag("emulated")
@EnabledIfSystemProperty(named = "longcat.nightly", matches = "true")
@ParameterizedClass
@MethodSource("io.longcat4j.testing.EmulatorSettings#nightly")
class EmulatedCudaBackendSeedsTest extends EmulatedBackend
    implements ElementContract,
        LinearContract,
        AttentionContract,
        LifetimeContract,
        RepetitionContract {
  EmulatedCudaBackendSeedsTest(String settings) {
    super(settings);
  }
}
