package io.longcat4j.compute.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.BackendException;
import io.longcat4j.Numerics;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Tensor;
import io.longcat4j.spi.WorkerThreads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuProviderTest {
  @Test
  void it_describes_instruction_set_threads_and_library() {
    try (ComputeBackend backend = CpuBackends.open(InstructionSet.GENERIC, 3)) {
      assertThat(backend.describe())
          .startsWith(
              "cpu: generic C++ (%s), exact numerics (F32 activations), products by F32, 3 threads ("
                  .formatted(
                      InstructionSet.best() == InstructionSet.GENERIC
                          ? "the best that this processor has; AVX2: no, AVX-512: no"
                          : "as asked for; the best that this processor has: "
                              + InstructionSet.best().title()))
          .contains("), native library ")
          .contains("jnilongcat_cpu");
    }
  }

  @Test
  void the_provider_takes_the_best_instruction_set_and_all_cores() {
    CpuBackends.open(InstructionSet.GENERIC, 1).close();
    try (ComputeBackend backend = open(OptionalInt.empty())) {
      int cores = Runtime.getRuntime().availableProcessors();
      assertThat(backend.describe()).contains(InstructionSet.best().title(), " " + cores + " ");
    }
  }

  @Test
  void no_thread_is_refused() {
    assertThatThrownBy(() -> open(OptionalInt.of(0)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("at least 1 thread");
  }

  @Test
  void a_cache_directory_that_cannot_be_written_names_the_property_to_set(@TempDir Path folder)
      throws Exception {
    CpuBackends.open(InstructionSet.GENERIC, 1).close();
    String property = "org.bytedeco.javacpp.cachedir";
    String before = System.getProperty(property);
    Path file = Files.createFile(folder.resolve("file"));
    System.setProperty(property, file.resolve("cache").toString());
    try {
      assertThatThrownBy(() -> open(OptionalInt.of(1)))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining(property);
    } finally {
      if (before == null) {
        System.clearProperty(property);
      } else {
        System.setProperty(property, before);
      }
    }
  }

  @Test
  void more_memory_than_there_is_gives_an_error_with_the_size() {
    try (ComputeBackend backend = CpuBackends.open(InstructionSet.GENERIC, 1)) {
      assertThatThrownBy(() -> backend.allocate(Integer.MAX_VALUE, Integer.MAX_VALUE))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("tensor [2147483647, 2147483647]")
          .hasMessageContaining("bytes");
      try (Tensor small = backend.allocate(1, 1)) {
        backend.openStream().zero(small);
      }
    }
  }

  @Test
  void tensors_may_be_larger_than_an_array() {
    try (ComputeBackend backend = CpuBackends.open(InstructionSet.GENERIC, 1);
        Tensor large = backend.allocate(70_000, 9_000)) {
      Tensor end = large.rows(69_999, 1).columns(8_998, 2);
      float[] values = {1, 2};
      backend.openStream().write(values, 0, end);
      float[] back = new float[2];
      backend.openStream().read(end, back, 0);
      assertThat(back).containsExactly(1, 2);
    }
  }

  private static ComputeBackend open(OptionalInt threads) {
    return new CpuProvider().open(WorkerThreads.unpinned(threads), Numerics.EXACT);
  }
}
