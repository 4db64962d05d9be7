package io.longcat4j.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.longcat4j.Backend;
import io.longcat4j.BackendException;
import io.longcat4j.Gpus;
import io.longcat4j.Numerics;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.spi.WorkerThreads;
import io.longcat4j.testing.EmulatorSettings;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class CudaProviderTest {
  private static final WorkerThreads ONE_THREAD = WorkerThreads.unpinned(OptionalInt.of(1));

  @Test
  void without_a_gpu_it_says_in_one_line_what_is_missing() {
    assumeFalse(new CudaProvider().isAutomatic(), "this machine has a GPU");
    assertThatThrownBy(() -> new CudaProvider().open(ONE_THREAD, Numerics.EXACT))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("NVIDIA driver")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> new CudaProvider().devices(Gpus.all(), 1))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("NVIDIA driver");
  }

  @Test
  void the_emulated_device_is_found_by_its_name_and_never_chosen() {
    BackendSelection selection = BackendSelection.onClassPath();
    OptionalInt threads = OptionalInt.of(1);
    try (ComputeBackend emulated = selection.open(new Backend("cuda-emulated"), threads);
        ComputeBackend chosen = selection.open(Backend.auto(), threads)) {
      assertThat(emulated.describe()).startsWith("cuda-emulated: device 0 (emulated), compute");
      assertThat(chosen.name()).isNotEqualTo("cuda-emulated");
    }
  }

  @Test
  void too_little_memory_tells_how_much_is_missing_and_what_to_choose() {
    Machine small = new Machine(new DeviceKind.Emulated(1, 64 << 20, /* linked= */ false));
    try (ComputeBackend backend =
        new CudaBackend(
            new CudaContext.Options("cuda-emulated", small, 0, Numerics.EXACT, 0, 32 << 20))) {
      assertThatThrownBy(() -> backend.allocate(1 << 12, 1 << 12))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("needs 64 MiB")
          .hasMessageContaining("more than the device has left of 32 MiB")
          .hasMessageContaining("use more ranks, weights of FP8 or INT4, or a shorter cache");
      backend.allocate(16, 16).close();
    }
  }

  @Test
  void what_an_emulated_device_is_to_be_like_is_taken_from_a_property_or_refused() {
    assumeTrue(System.getenv("LONGCAT_EMULATOR") == null, "the environment says something else");
    String before = System.getProperty("io.longcat4j.emulator", "");
    try {
      EmulatorSettings.apply("seed=3,tensor=truncating,arch=90");
      try (ComputeBackend backend = new EmulatedCudaProvider().open(ONE_THREAD, Numerics.EXACT)) {
        assertThat(backend.describe()).contains("compute capability 9.0");
      }
      EmulatorSettings.apply("arch=70");
      assertThatThrownBy(() -> new EmulatedCudaProvider().open(ONE_THREAD, Numerics.EXACT))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("arch=70");
    } finally {
      EmulatorSettings.apply(before);
    }
  }

  @Test
  void numbers_of_fp8_are_not_multiplied_by_a_gpu_that_cannot() {
    DeviceFacts ampere = new DeviceFacts("NVIDIA A100", 12040, 1, 80, 108, 80L << 30, 79L << 30);
    ampere.requireNumerics(Numerics.BF16);
    assertThatThrownBy(() -> ampere.requireNumerics(Numerics.FP8))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("NVIDIA A100 has compute capability 8.0")
        .hasMessageContaining("9.0")
        .hasMessageContaining("bf16");
    new DeviceFacts("NVIDIA H200", 12040, 1, 90, 132, 139L << 30, 138L << 30)
        .requireNumerics(Numerics.FP8);
  }

  @Test
  void an_old_gpu_is_refused_with_its_name() {
    DeviceFacts old = new DeviceFacts("Tesla V100", 12040, 1, 70, 80, 16L << 30, 15L << 30);
    assertThatThrownBy(() -> KernelImage.of(old))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("Tesla V100 has compute capability 7.0")
        .hasMessageContaining("8.0");
  }
}
