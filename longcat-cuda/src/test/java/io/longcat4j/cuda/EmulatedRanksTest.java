package io.longcat4j.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Backend;
import io.longcat4j.BackendException;
import io.longcat4j.Experts;
import io.longcat4j.Gpus;
import io.longcat4j.Numerics;
import io.longcat4j.Parallel;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendRequest;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.ComputeProvider;
import io.longcat4j.compute.cpu.CpuProvider;
import io.longcat4j.compute.reference.ReferenceProvider;
import io.longcat4j.model.RankedModel;
import io.longcat4j.spi.WorkerThreads;
import io.longcat4j.testing.Closeness;
import io.longcat4j.testing.RankLogits;
import io.longcat4j.testing.WideCheckpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ranks that have an emulated GPU each. */
@Tag("emulated")
class EmulatedRanksTest {
  private static final long BYTES = 1L << 30;
  private static final int[] IDS = RankLogits.ids(5, WideCheckpoint.VOCABULARY);
  private static final BackendRequest ALONE =
      BackendRequest.of(WorkerThreads.unpinned(OptionalInt.of(1)), Numerics.EXACT);

  @TempDir Path folder;

  private static EmulatedCudaProvider devices(int count, boolean linked) {
    return new EmulatedCudaProvider(new DeviceKind.Emulated(count, BYTES, linked));
  }

  private float[][] logits(ComputeProvider provider, int ranks, Experts experts) {
    return logits(provider, ALONE, ranks, experts);
  }

  private float[][] logits(
      ComputeProvider provider, BackendRequest request, int ranks, Experts experts) {
    Checkpoint checkpoint = Checkpoint.open(folder);
    try (RankedModel ranked =
        RankedModel.open(checkpoint, provider::open, request, Parallel.local(ranks), experts)) {
      return RankLogits.of(ranked, IDS);
    }
  }

  @ParameterizedTest
  @CsvSource({"WHOLE, true", "SLICED, true", "WHOLE, false"})
  void one_two_four_and_eight_devices_give_the_same_bits(Experts experts, boolean linked) {
    WideCheckpoint.write(folder);
    EmulatedCudaProvider provider = devices(8, linked);
    float[][] expected = logits(provider, 1, experts);
    boolean all = linked && experts == Experts.WHOLE;
    for (int ranks : all ? new int[] {2, 4, 8} : new int[] {linked ? 4 : 2}) {
      assertThat(logits(provider, ranks, experts)).as("%d", ranks).isDeepEqualTo(expected);
    }
    if (all) {
      float[][] reference = logits(new ReferenceProvider(), 1, experts);
      for (int row = 0; row < expected.length; row++) {
        Closeness.assertClose("row " + row, expected[row], reference[row]);
      }
    }
  }

  @Test
  void each_rank_has_a_device_of_its_own_and_linked_ones_sum_there() {
    WideCheckpoint.write(folder);
    EmulatedCudaProvider provider = devices(3, true);
    List<ComputeBackend> opened = new CopyOnWriteArrayList<>();
    try (RankedModel ranked =
        RankedModel.open(
            Checkpoint.open(folder),
            request -> {
              ComputeBackend backend = provider.open(request);
              opened.add(backend);
              return backend;
            },
            ALONE,
            Parallel.local(3),
            Experts.WHOLE)) {
      assertThat(opened)
          .extracting(backend -> backend.describe().replaceAll(".*(device \\d).*", "$1"))
          .containsExactlyInAnyOrder("device 0", "device 1", "device 2");
      assertThat(opened).allMatch(one -> opened.stream().allMatch(one::reaches));
      assertThat(RankLogits.of(ranked, IDS)).hasDimensions(5, WideCheckpoint.VOCABULARY);
    }
  }

  @Test
  void more_ranks_than_devices_are_refused_unless_they_may_share() {
    WideCheckpoint.write(folder);
    EmulatedCudaProvider provider = devices(2, true);
    float[][] expected = logits(provider, 1, Experts.WHOLE);
    assertThatThrownBy(() -> logits(provider, 4, Experts.WHOLE))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("4 ranks of this host need a GPU each, but there are 2")
        .hasMessageContaining("Gpus.sharing()");
    BackendRequest sharing =
        new BackendRequest(
            ALONE.threads(), ALONE.numerics(), Gpus.all().sharing(), 0, 1, /* neededBytes= */ 0);
    assertThat(logits(provider, sharing, 4, Experts.WHOLE)).isDeepEqualTo(expected);
  }

  @Test
  void experts_on_the_host_have_the_bits_of_the_host_on_one_rank_and_on_two() {
    WideCheckpoint.write(folder);
    BackendSelection backends =
        new BackendSelection(List.of(devices(2, true), new CpuProvider(), new ReferenceProvider()));
    BackendRequest request =
        new BackendRequest(
            ALONE.threads(), ALONE.numerics(), Gpus.all().withExpertsOnHost(), 0, 1, 0);
    float[][] reference = logits(new ReferenceProvider(), 1, Experts.WHOLE);
    float[][] one = onHost(backends, request, 1, "cpu");
    for (int row = 0; row < one.length; row++) {
      Closeness.assertClose("row " + row, one[row], reference[row]);
    }
    assertThat(onHost(backends, request, 2, "cpu")).isDeepEqualTo(one);
    BackendSelection plain =
        new BackendSelection(List.of(devices(1, true), new ReferenceProvider()));
    float[][] slow = onHost(plain, request, 1, "reference");
    for (int row = 0; row < one.length; row++) {
      Closeness.assertClose("row " + row, slow[row], reference[row]);
    }
  }

  private float[][] onHost(
      BackendSelection backends, BackendRequest request, int ranks, String host) {
    try (RankedModel ranked =
        RankedModel.open(
            Checkpoint.open(folder),
            each -> backends.open(new Backend("cuda-emulated"), each),
            request,
            Parallel.local(ranks),
            Experts.WHOLE)) {
      assertThat(ranked.model().backend().describe())
          .contains("cuda-emulated: device 0", "; experts by " + host + ": ");
      return RankLogits.of(ranked, IDS);
    }
  }

  @Test
  void named_devices_are_taken_in_their_order_and_others_refused() {
    Machine machine = new Machine(new DeviceKind.Emulated(3, BYTES, /* linked= */ true));
    BackendRequest named =
        new BackendRequest(ALONE.threads(), Numerics.EXACT, Gpus.all().only(2, 0), 1, 2, 0);
    assertThat(machine.deviceOf(named)).isZero();
    assertThat(machine.devices(Gpus.all().only(2, 0).memory(100 << 20), 2))
        .extracting(memory -> memory.device() + ": " + memory.freeBytes())
        .containsExactly("2: " + (100 << 20), "0: " + (100 << 20));
    assertThatThrownBy(() -> machine.devices(Gpus.all().only(3), 1))
        .isInstanceOf(BackendException.class)
        .hasMessage("GPU 3 was named, but there are 3, counted from 0");
  }
}
