package io.longcat4j.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.BackendException;
import io.longcat4j.Gpus;
import io.longcat4j.LoadingAbortedException;
import io.longcat4j.LoadingListener;
import io.longcat4j.LoadingProgress;
import io.longcat4j.Numerics;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendRequest;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.Sharing;
import io.longcat4j.spi.WorkerThreads;
import io.longcat4j.testing.TestData;
import io.longcat4j.testing.WideCheckpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights on their way to an emulated GPU. */
@Tag("emulated")
class EmulatedLoadTest {
  private static final long BYTES = 1L << 30;
  private static final WorkerThreads THREADS = WorkerThreads.unpinned(OptionalInt.of(1));

  private final Machine machine =
      new Machine(new DeviceKind.Emulated(2, BYTES, /* linked= */ true));

  private static BackendRequest needing(long bytes) {
    return new BackendRequest(THREADS, Numerics.EXACT, Gpus.all(), 0, 1, bytes);
  }

  /** A backend on the other device, which keeps the machine as it is. */
  private ComputeBackend neighbour() {
    BackendRequest other =
        new BackendRequest(THREADS, Numerics.EXACT, Gpus.all().only(1), 0, 1, /* neededBytes= */ 0);
    return CudaBackend.open("cuda-emulated", machine, other);
  }

  private static void load(ComputeBackend backend, Path directory, LoadingListener listener) {
    Checkpoint checkpoint = Checkpoint.open(directory);
    LanguageModel.load(checkpoint.model(), checkpoint.weights(), backend, Sharing.none(), listener)
        .close();
  }

  @Test
  void progress_goes_up_by_bytes_within_tensors_and_ends_at_all(@TempDir Path folder) {
    for (Path directory : List.of(WideCheckpoint.write(folder), TestData.fp8())) {
      List<Long> told = new ArrayList<>();
      long total =
          LanguageModel.weightBytes(Checkpoint.open(directory).weights(), /* drafts= */ false);
      try (ComputeBackend backend = CudaBackend.open("cuda-emulated", machine, needing(0))) {
        load(
            backend,
            directory,
            progress -> {
              told.add(progress.bytesDone());
              assertThat(progress.bytesTotal()).isEqualTo(total);
              assertThat(progress.phase()).isEqualTo(LoadingProgress.Phase.LANGUAGE_MODEL);
            });
      }
      assertThat(told).isSorted().startsWith(0L).endsWith(total);
    }
  }

  @Test
  void loading_ends_within_a_tensor_where_its_listener_or_an_interrupt_ends_it() {
    try (ComputeBackend neighbour = neighbour()) {
      long free = machine.facts(0).freeBytes();
      assertThat(free).isEqualTo(BYTES);
      for (boolean interrupted : new boolean[] {false, true}) {
        List<Long> told = new ArrayList<>();
        LoadingListener ending =
            progress -> {
              told.add(progress.bytesDone());
              if (progress.bytesDone() > 0 && interrupted) {
                Thread.currentThread().interrupt();
              } else if (progress.bytesDone() > 0) {
                progress.abort();
              }
            };
        ComputeBackend backend = CudaBackend.open("cuda-emulated", machine, needing(64L << 20));
        assertThat(machine.facts(0).freeBytes()).isEqualTo(free - (64 << 20));
        assertThatThrownBy(() -> load(backend, TestData.fp8(), ending))
            .isInstanceOf(LoadingAbortedException.class)
            .hasMessageContaining(interrupted ? "interrupt" : "listener");
        assertThat(Thread.interrupted()).isEqualTo(interrupted);
        assertThat(told).as("the first piece is the last").hasSize(2);
        backend.close();
        assertThat(machine.facts(0).freeBytes()).isEqualTo(free);
      }
      assertThat(neighbour.describe()).contains("device 1");
    }
  }

  @Test
  void what_does_not_fit_is_refused_before_anything_is_taken() {
    try (ComputeBackend neighbour = neighbour()) {
      assertThatThrownBy(() -> CudaBackend.open("cuda-emulated", machine, needing(3 * BYTES)))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("GPU 0 has 512 MiB for this rank")
          .hasMessageContaining("need 3072 MiB, 2560 MiB more; use more ranks");
      assertThat(machine.facts(0).freeBytes()).isEqualTo(BYTES);
      assertThat(neighbour.describeWeights()).contains("device");
    }
  }

  @Test
  void no_more_is_taken_than_is_allowed_and_no_more_than_is_needed() {
    try (ComputeBackend neighbour = neighbour()) {
      BackendRequest little =
          new BackendRequest(THREADS, Numerics.EXACT, Gpus.all().memory(80 << 20), 0, 1, 16 << 20);
      try (ComputeBackend backend = CudaBackend.open("cuda-emulated", machine, little)) {
        assertThat(BYTES - machine.facts(0).freeBytes()).isEqualTo(16 << 20);
        backend.allocate(1 << 10, 10 << 10);
        assertThat(BYTES - machine.facts(0).freeBytes()).isEqualTo(80 << 20);
        assertThatThrownBy(() -> backend.allocate(1 << 10, 12 << 10))
            .isInstanceOf(BackendException.class)
            .hasMessageContaining("48 MiB")
            .hasMessageContaining("left of 80 MiB");
      }
      assertThat(neighbour.name()).isEqualTo("cuda-emulated");
    }
  }
}
