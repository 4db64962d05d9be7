package io.longcat4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Backend;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.testing.LooseStreams;
import io.longcat4j.testing.TestData;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamOrderTest {
  @ParameterizedTest(name = "main hasty {0}, side hasty {1}")
  @CsvSource({"true, false", "false, true", "false, false", "true, true"})
  void theExpertsMayRunAsEarlyAndAsLateAsTheirLayerAllows(boolean main, boolean side) {
    int[] ids = Fixture.ids(Fixture.golden(TestData.bf16()).require("llm.input_ids"));
    float[] expected;
    try (Fixture fixture = Fixture.open(TestData.bf16(), reference(), false)) {
      expected = fixture.logits(ids);
    }
    ComputeBackend loose = LooseStreams.over(reference(), List.of(main, side));
    try (Fixture fixture = Fixture.open(TestData.bf16(), loose, false)) {
      assertThat(fixture.logits(ids)).containsExactly(expected);
    }
  }

  @ParameterizedTest(name = "main hasty {0}, side hasty {1}")
  @CsvSource({"true, false", "false, true", "false, false", "true, true"})
  void ranksSumWhatTheExpertsHaveMadeHoweverLateTheyRun(boolean main, boolean side) {
    int[] ids = Fixture.ids(Fixture.golden(TestData.bf16()).require("llm.input_ids"));
    float[] expected;
    try (Fixture fixture = Fixture.open(TestData.bf16(), reference(), false)) {
      expected = fixture.logits(ids);
    }
    Supplier<ComputeBackend> loose = () -> LooseStreams.over(reference(), List.of(main, side));
    try (Fixture fixture = Fixture.openRanked(TestData.bf16(), loose, 2)) {
      assertThat(fixture.logits(ids)).containsExactly(expected);
    }
  }

  private static ComputeBackend reference() {
    return BackendSelection.onClassPath().open(Backend.reference(), OptionalInt.of(1));
  }
}
