package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Attention;
import io.longcat4j.Backend;
import io.longcat4j.Device;
import io.longcat4j.DevicePlan;
import io.longcat4j.EngineListener;
import io.longcat4j.Experts;
import io.longcat4j.Gpus;
import io.longcat4j.LoadingListener;
import io.longcat4j.Numerics;
import io.longcat4j.Parallel;
import io.longcat4j.Plan;
import io.longcat4j.Scheduling;
import io.longcat4j.WeightMemory;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.ComputeProvider;
import io.longcat4j.compute.DeviceMemory;
import io.longcat4j.compute.reference.ReferenceProvider;
import io.longcat4j.spi.EngineOptions;
import io.longcat4j.spi.SenseDevices;
import io.longcat4j.spi.WorkerThreads;
import io.longcat4j.testing.TestData;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DeviceBudgetTest {
  private static final Backend CHIP = new Backend("chip");

  /** Devices of so many bytes each, which compute like the reference. */
  private record Chip(long freeBytes) implements ComputeProvider {
    @Override
    public String name() {
      return "chip";
    }

    @Override
    public int priority() {
      return 500;
    }

    @Override
    public ComputeBackend open(WorkerThreads threads, Numerics numerics) {
      return new ReferenceProvider().open(threads, numerics);
    }

    @Override
    public boolean hasDevices() {
      return true;
    }

    @Override
    public List<DeviceMemory> devices(Gpus gpus, int ranks) {
      return IntStream.range(0, ranks)
          .mapToObj(rank -> new DeviceMemory(rank, "test chip", 2 * freeBytes, freeBytes))
          .toList();
    }
  }

  private static EngineOptions options(
      Backend backend, Scheduling scheduling, Gpus gpus, Parallel parallel) {
    return new EngineOptions(
        TestData.bf16(),
        backend,
        Numerics.EXACT,
        WeightMemory.onDemand(),
        SenseDevices.all(Device.cpu()),
        Attention.dense(),
        scheduling,
        WorkerThreads.unpinned(OptionalInt.of(1)),
        gpus,
        parallel,
        Experts.AUTO,
        OptionalInt.empty(),
        Optional.empty(),
        LoadingListener.silent(),
        EngineListener.silent());
  }

  private static Plan plan(Backend backend, long freeBytes, Gpus gpus, Parallel parallel) {
    BackendSelection backends =
        new BackendSelection(List.of(new Chip(freeBytes), new ReferenceProvider()));
    return Planning.plan(options(backend, Scheduling.builder().build(), gpus, parallel), backends);
  }

  private static Plan plan(Backend backend, long freeBytes) {
    return plan(backend, freeBytes, Gpus.all(), Parallel.single());
  }

  @Test
  void theCacheHasWhatIsLeftAfterWeightsAndPasses() {
    DevicePlan ample = plan(CHIP, 1L << 40).devices().get(0);
    long fixed = ample.weightBytes() + ample.workBytes();
    Plan whole = plan(CHIP, 1L << 40);
    long position = whole.cacheBytesPerPosition();
    long context = whole.contextLength();
    assertThat(ample.cacheBytes()).isBetween(8 * context * position, 9 * context * position);

    long free = fixed + 1500 * position;
    Plan tight = plan(CHIP, free);
    DevicePlan held = tight.devices().get(0);
    assertThat(tight.cachePositions())
        .isEqualTo(1500 / PagedCache.PAGE_POSITIONS * PagedCache.PAGE_POSITIONS);
    assertThat(tight.contextLength()).isEqualTo(Math.min(context, tight.cachePositions()));
    assertThat(held.totalBytes()).isBetween(free - 65 * position, free);
    assertThat(tight.fits()).isTrue();
    assertThat(tight.describe())
        .contains("rank 0 on GPU 0 (test chip): weights", "passes", "cache", "It fits.");
  }

  @Test
  void tooLittleMemoryIsToldWithWhatIsMissing() {
    DevicePlan ample = plan(CHIP, 1L << 40).devices().get(0);
    Plan small = plan(CHIP, ample.weightBytes());
    DevicePlan held = small.devices().get(0);
    long missing = held.totalBytes() - ample.weightBytes();
    assertThat(missing).isGreaterThan(ample.workBytes());
    assertThat(small.fits()).isFalse();
    assertThat(small.describe())
        .contains(
            missing + " bytes are missing",
            "more ranks",
            "FP8 or INT4",
            "shorter cache",
            "Gpus.withExpertsOnHost()");
  }

  @Test
  void theBestBackendIsTheHostWhereADeviceHasTooLittle() {
    assertThat(plan(Backend.auto(), 1L << 40).devices()).hasSize(1);
    Plan host = plan(Backend.auto(), 1 << 20);
    assertThat(host.devices()).isEmpty();
    assertThat(host.cachePositions()).isEqualTo(plan(Backend.reference(), 0).cachePositions());
  }

  @Test
  void aRankHoldsItsPartAndNoExpertsThatStayOnTheHost() {
    DevicePlan one = plan(CHIP, 1L << 40).devices().get(0);
    Plan two = plan(CHIP, 1L << 40, Gpus.all(), Parallel.local(2));
    assertThat(two.devices()).extracting(DevicePlan::device).containsExactly(0, 1);
    assertThat(two.devices()).allMatch(held -> held.weightBytes() < one.weightBytes());

    Gpus dense = Gpus.all().withExpertsOnHost();
    DevicePlan without = plan(CHIP, 1L << 40, dense, Parallel.single()).devices().get(0);
    long experts = plan(CHIP, 1L << 40).ranks().get(0).expertBytes();
    assertThat(experts).isPositive();
    assertThat(one.weightBytes() - without.weightBytes()).isBetween(experts, experts * 257 / 256);
  }

  @Test
  void aCacheThatWasAskedForIsNotMadeSmaller() {
    BackendSelection backends = new BackendSelection(List.of(new Chip(1 << 20)));
    Scheduling wanted = Scheduling.builder().cacheBytes(64 << 20).build();
    EngineOptions options = options(CHIP, wanted, Gpus.all(), Parallel.single());
    Plan plan = Planning.plan(options, backends);
    assertThat(plan.devices().get(0).cacheBytes()).isBetween(60L << 20, 65L << 20);
    assertThat(plan.fits()).isFalse();
  }
}
