package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Attention;
import io.longcat4j.Backend;
import io.longcat4j.Device;
import io.longcat4j.EngineListener;
import io.longcat4j.Experts;
import io.longcat4j.Gpus;
import io.longcat4j.LoadingAbortedException;
import io.longcat4j.LoadingListener;
import io.longcat4j.LoadingProgress;
import io.longcat4j.Numerics;
import io.longcat4j.Parallel;
import io.longcat4j.Scheduling;
import io.longcat4j.WeightMemory;
import io.longcat4j.compute.BackendRequest;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.DeviceMemory;
import io.longcat4j.cuda.EmulatedCudaProvider;
import io.longcat4j.spi.EngineOptions;
import io.longcat4j.spi.SenseDevices;
import io.longcat4j.spi.WorkerThreads;
import io.longcat4j.testing.TestData;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An engine that is told to stop while weights go to emulated GPUs. */
@Tag("emulated")
class EmulatedAbortTest {
  private static final WorkerThreads THREADS = WorkerThreads.unpinned(OptionalInt.of(1));

  private final EmulatedCudaProvider provider = new EmulatedCudaProvider();

  private static EngineOptions options(LoadingListener listener) {
    return new EngineOptions(
        TestData.fp8(),
        new Backend("cuda-emulated"),
        Numerics.EXACT,
        WeightMemory.onDemand(),
        SenseDevices.all(Device.cpu()),
        Attention.dense(),
        Scheduling.builder().maxRunning(1).build(),
        THREADS,
        Gpus.all(),
        Parallel.local(2),
        Experts.AUTO,
        OptionalInt.of(256),
        Optional.empty(),
        listener,
        EngineListener.silent());
  }

  private List<Long> free() {
    return provider.devices(Gpus.all(), 2).stream().map(DeviceMemory::freeBytes).toList();
  }

  @Test
  void every_rank_gives_its_memory_back_where_one_is_told_to_stop() {
    BackendRequest elsewhere =
        new BackendRequest(THREADS, Numerics.EXACT, Gpus.all().only(7), 0, 1, /* neededBytes= */ 0);
    // The machine lives as long as somebody uses it.
    try (ComputeBackend neighbour = provider.open(elsewhere)) {
      List<Long> before = free();
      LoadingListener stopping =
          progress -> {
            if (progress.phase() == LoadingProgress.Phase.LANGUAGE_MODEL
                && progress.bytesDone() > progress.bytesTotal() / 2) {
              assertThat(free()).isNotEqualTo(before);
              progress.abort();
            }
          };
      BackendSelection backends = new BackendSelection(List.of(provider));
      assertThatThrownBy(() -> LoadedCheckpoint.load(options(stopping), backends))
          .isInstanceOf(LoadingAbortedException.class);
      assertThat(free()).isEqualTo(before);
      assertThat(neighbour.name()).isEqualTo("cuda-emulated");
    }
  }
}
