package io.longcat4j.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.compute.ComputeBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstructionSetTest {
  @ParameterizedTest
  @CsvSource({"0, no", "-2, its products are wrong", "-3, the operating system does not permit it"})
  void it_says_why_a_better_one_was_not_chosen(int status, String reason) {
    assertThat(InstructionSet.whyNot(status)).isEqualTo(reason);
  }

  @Test
  void emulation_is_neither_the_best_nor_missing() {
    assertThat(NativeLibrary.load()).isNotEmpty();
    try (ComputeBackend backend = CpuBackends.open(InstructionSet.best(), 1)) {
      assertThat(InstructionSet.best()).isNotEqualTo(InstructionSet.AVX512_AMX_EMULATED);
      assertThat(backend.describe()).doesNotContain("emulated");
    }
  }
}
