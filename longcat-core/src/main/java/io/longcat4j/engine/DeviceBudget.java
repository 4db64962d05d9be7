package io.longcat4j.engine;

import io.longcat4j.Backend;
import io.longcat4j.DevicePlan;
import io.longcat4j.RankPlan;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.DeviceMemory;
import io.longcat4j.model.WorkBytes;
import io.longcat4j.spi.EngineOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model takes of the GPUs of this host, decided before anything is loaded: weights and
 * passes first, and for the cache what is left. Immutable.
 *
 * @param devices one for each rank of this host; none where processors compute
 * @param neededBytes what each rank asks its backend for; 0 where there are no devices
 * @param cachePositions of all requests together, if devices decide
 */
record DeviceBudget(List<DevicePlan> devices, long neededBytes, int cachePositions) {
  /** Below this a cache is of no use. */
  private static final int LEAST_POSITIONS = 1024;

  /** Weights lie on boundaries: one part in so many more. */
  private static final int BOUNDARIES = 256;

  static DeviceBudget none() {
    return new DeviceBudget(List.of(), 0, 0);
  }

  /**
   * Decides.
   *
   * @param memories of the devices of this host, at least one
   * @param ranks what each rank holds, wherever, with any cache
   */
  static DeviceBudget of(
      EngineOptions options,
      Checkpoint checkpoint,
      Placement placement,
      List<DeviceMemory> memories,
      List<RankPlan> ranks) {
    long work = work(options, checkpoint, placement);
    long position = Planning.positionBytes(options, checkpoint);
    long left = Long.MAX_VALUE;
    List<Long> weights = new ArrayList<>();
    for (int seat = 0; seat < memories.size(); seat++) {
      weights.add(weights(options, ranks, placement, seat));
      left = Math.min(left, memories.get(seat).freeBytes() - weights.get(seat) - work);
    }
    int positions = positions(options, checkpoint, left, position);
    long cache = positions * position;
    List<DevicePlan> devices = new ArrayList<>();
    for (int seat = 0; seat < memories.size(); seat++) {
      DeviceMemory memory = memories.get(seat);
      devices.add(
          new DevicePlan(
              seat,
              memory.device(),
              memory.name(),
              weights.get(seat),
              work,
              cache,
              memory.freeBytes()));
    }
    long needed = devices.stream().mapToLong(DevicePlan::totalBytes).max().orElseThrow();
    boolean fits = devices.stream().allMatch(DevicePlan::fits);
    // The best backend is then another, which decides for itself.
    boolean another = !fits && options.backend().equals(Backend.auto());
    return another
        ? new DeviceBudget(List.of(), needed, 0)
        : new DeviceBudget(List.copyOf(devices), needed, positions);
  }

  /** The fullest of the ranks that may sit there: hosts do not tell which they have. */
  private static long weights(
      EngineOptions options, List<RankPlan> ranks, Placement placement, int seat) {
    return ranks.stream()
        .filter(rank -> rank.rank() % placement.ranksHere() == seat)
        .mapToLong(rank -> weights(rank, options.gpus().expertsOnHost()))
        .max()
        .orElseThrow();
  }

  private static long weights(RankPlan rank, boolean expertsOnHost) {
    long all =
        rank.mappedBytes() + rank.copiedBytes() + rank.replicatedBytes() + rank.speechBytes();
    long bytes = expertsOnHost ? all - rank.expertBytes() : all;
    return bytes + bytes / BOUNDARIES;
  }

  private static long work(EngineOptions options, Checkpoint checkpoint, Placement placement) {
    int heads = checkpoint.hasSpeechHeads() ? checkpoint.model().audioHeadNum() : 0;
    int headRows = Planning.limits(options).headRows(Planning.drafts(options, checkpoint));
    return new WorkBytes(checkpoint.model(), placement.ranks(), headRows, heads).bytes();
  }

  private static int positions(
      EngineOptions options, Checkpoint checkpoint, long left, long position) {
    if (options.scheduling().cacheBytes().isPresent()) {
      return Planning.wholePages(options.scheduling().cacheBytes().getAsLong() / position);
    }
    int context = Planning.contextLength(options, checkpoint.model());
    long most = Planning.mostPositions(context);
    long least = Math.min(LEAST_POSITIONS, context);
    long fitting = Math.max(0, left) / position / Planning.PAGE * Planning.PAGE;
    return Planning.wholePages(Math.max(least, Math.min(fitting, most)));
  }

  boolean isEmpty() {
    return devices.isEmpty();
  }
}
