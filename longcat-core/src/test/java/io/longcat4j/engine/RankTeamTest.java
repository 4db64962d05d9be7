package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.Attention;
import io.longcat4j.Backend;
import io.longcat4j.CachePrecision;
import io.longcat4j.Device;
import io.longcat4j.EngineListener;
import io.longcat4j.Experts;
import io.longcat4j.Gpus;
import io.longcat4j.LoadingListener;
import io.longcat4j.Numerics;
import io.longcat4j.Parallel;
import io.longcat4j.RankPlan;
import io.longcat4j.Scheduling;
import io.longcat4j.WeightMemory;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.BackendSelection;
import io.longcat4j.parallel.Introduction;
import io.longcat4j.spi.EngineOptions;
import io.longcat4j.spi.SenseDevices;
import io.longcat4j.spi.WorkerThreads;
import io.longcat4j.testing.DraftingCheckpoint;
import io.longcat4j.testing.TestData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a rank tells of itself, and what it takes of its machine. */
class RankTeamTest {
  private static final Scheduling PLAIN = scheduling(1 << 20).build();

  @TempDir Path folder;

  private static Scheduling.Builder scheduling(long cacheBytes) {
    return Scheduling.builder().cacheBytes(cacheBytes);
  }

  private static EngineOptions options(
      Path model, Numerics numerics, Experts experts, Scheduling scheduling, int threads) {
    return options(model, numerics, experts, scheduling, threads, Parallel.local(2));
  }

  private static EngineOptions options(
      Path model,
      Numerics numerics,
      Experts experts,
      Scheduling scheduling,
      int threads,
      Parallel parallel) {
    return new EngineOptions(
        model,
        Backend.reference(),
        numerics,
        WeightMemory.onDemand(),
        SenseDevices.all(Device.cpu()),
        Attention.dense(),
        scheduling,
        WorkerThreads.unpinned(OptionalInt.of(threads)),
        Gpus.all(),
        parallel,
        experts,
        OptionalInt.empty(),
        Optional.empty(),
        LoadingListener.silent(),
        EngineListener.silent());
  }

  private static Introduction introduction(EngineOptions options, int rank) {
    return RankTeam.introduction(
        options, Checkpoint.open(options.model()), DeviceBudget.none(), rank);
  }

  private static String fingerprint(EngineOptions options) {
    return HexFormat.of().formatHex(introduction(options, 1).fingerprint());
  }

  @Test
  void ranksThatWouldComputeSomethingElseAreKnownByTheirFingerprint() {
    Path model = DraftingCheckpoint.random(folder);
    Scheduling rounded = scheduling(1 << 20).cachePrecision(CachePrecision.FP8).build();
    Scheduling halved = scheduling(1 << 20).cachePrecision(CachePrecision.BF16).build();
    Scheduling undrafted = scheduling(1 << 20).speculative(false).build();
    List<EngineOptions> others =
        List.of(
            options(model, Numerics.EXACT, Experts.AUTO, PLAIN, 1),
            options(model, Numerics.EXACT, Experts.AUTO, halved, 1),
            options(model, Numerics.BF16, Experts.AUTO, halved, 1),
            options(model, Numerics.EXACT, Experts.SLICED, PLAIN, 1),
            options(model, Numerics.EXACT, Experts.AUTO, rounded, 1),
            options(model, Numerics.EXACT, Experts.AUTO, undrafted, 1),
            options(model, Numerics.EXACT, Experts.AUTO, PLAIN, 1, Parallel.local(2).encodersOn(1)),
            options(TestData.bf16(), Numerics.EXACT, Experts.AUTO, PLAIN, 1));
    List<String> fingerprints = new ArrayList<>();
    others.forEach(one -> fingerprints.add(fingerprint(one)));
    assertThat(fingerprints).doesNotHaveDuplicates();
    EngineOptions alike = options(model, Numerics.EXACT, Experts.AUTO, PLAIN, 3);
    assertThat(fingerprint(alike)).isEqualTo(fingerprints.get(0));
  }

  @Test
  void aRankNeedsItsCopiesAndItsCache() {
    EngineOptions small = options(TestData.bf16(), Numerics.EXACT, Experts.AUTO, PLAIN, 1);
    Scheduling large = scheduling(5 << 20).build();
    EngineOptions wide = options(TestData.bf16(), Numerics.EXACT, Experts.AUTO, large, 1);
    for (int rank = 0; rank < 2; rank++) {
      long needed = introduction(small, rank).bytesNeeded();
      RankPlan plan = Planning.plan(small, BackendSelection.onClassPath()).ranks().get(rank);
      assertThat(plan.copiedBytes()).isPositive();
      assertThat(needed)
          .isEqualTo(plan.copiedBytes() + plan.cacheBytes() + plan.encoderBytes())
          .isGreaterThan(plan.copiedBytes() + 1_000_000);
      assertThat(introduction(wide, rank).bytesNeeded() - needed)
          .isBetween((4L << 20) - 100_000, (4L << 20) + 100_000);
      assertThat(introduction(small, rank).bytesAvailable()).isEqualTo(Planning.memory());
    }
  }

  @Test
  void ranksOfThisProcessShareItsThreads() {
    for (int ranks : new int[] {1, 2, 4, 8}) {
      EngineOptions options = options(TestData.bf16(), Numerics.EXACT, Experts.AUTO, PLAIN, 4);
      Parallel.Kind kind = ranks == 1 ? Parallel.Kind.SINGLE : Parallel.Kind.LOCAL;
      RankLoader loader =
          new RankLoader(
              options,
              Checkpoint.open(options.model()),
              BackendSelection.onClassPath(),
              new Placement(kind, ranks, ranks, "asked for."),
              DeviceBudget.none());
      assertThat(loader.threads().count()).hasValue(Math.max(1, 4 / ranks));
    }
  }
}
