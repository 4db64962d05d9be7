package io.longcat4j.cli.plan;

import io.longcat4j.Experts;
import io.longcat4j.Plan;
import io.longcat4j.RankSharing.PassBytes;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.engine.RankPlanning;

/**
 * The least time of a pass in which every request gets one token, one part after the other: weights
 * read by the fullest rank, attention over the cache, and collectives. What a part needs of
 * arithmetic counts where it takes longer than its bytes.
 *
 * @param rows requests in the pass
 * @param weights seconds
 * @param attention seconds
 * @param collectives seconds
 * @param memoryBytes that the fullest rank needs, its cache for these requests included
 */
record PassFloor(int rows, double weights, double attention, double collectives, long memoryBytes) {

  static PassFloor of(Plan plan, ModelConfig config, RankMachine machine, int rows, int context) {
    int ranks = plan.ranks().size();
    PassBytes pass = RankPlanning.pass(config, plan.ranks(), rows);
    boolean whole = plan.sharing().experts() == Experts.WHOLE;
    double uneven = whole ? pass.fullest() : 1;
    long read = whole ? pass.whole() : pass.sliced();
    long cache = Math.multiplyExact((long) rows * context, plan.cacheBytesPerPosition());
    long held =
        plan.ranks().stream()
            .mapToLong(rank -> rank.totalBytes() - rank.cacheBytes())
            .max()
            .orElseThrow();
    return new PassFloor(
        rows,
        seconds(machine, (double) read, 2.0 * rows * products(config, ranks, uneven)),
        seconds(machine, (double) cache, (double) rows * context * 2 * scores(config) / ranks),
        plan.sharing()
                .expectedTime(ranks, rows, machine.linkLatency(), machine.linkBytesPerSecond())
                .toNanos()
            * 1e-9,
        Math.addExact(held, cache));
  }

  private static double seconds(RankMachine machine, double bytes, double flops) {
    double reading = bytes / machine.bytesPerSecond();
    return machine.flops().isPresent()
        ? Math.max(reading, flops / machine.flops().getAsDouble())
        : reading;
  }

  /** Multiplications with weights for a token on the fullest rank. */
  private static double products(ModelConfig config, int ranks, double uneven) {
    double hidden = config.hiddenSize();
    double heads = config.numAttentionHeads();
    double latent = config.kvLoraRank();
    double query = heads * (config.qkNopeHeadDim() + config.qkRopeHeadDim());
    double low = config.qLoraRank();
    double replicated = hidden * (low + latent + config.qkRopeHeadDim());
    double cut =
        query * (low == 0 ? hidden : low)
            + heads * (config.qkNopeHeadDim() + config.vHeadDim()) * latent
            + heads * config.vHeadDim() * hidden
            + 3 * hidden * config.ffnHiddenSize();
    double choices = (double) config.nRoutedExperts() + config.zeroExpertNum();
    double picked = (double) config.moeTopk() * config.nRoutedExperts() / choices;
    double experts = picked * 3 * hidden * config.expertFfnHiddenSize() / ranks * uneven;
    double layer = 2 * (replicated + cut / ranks) + hidden * choices + experts;
    return config.numLayers() * layer + hidden * config.vocabSize() / ranks;
  }

  /** Multiplications for one cached position, in all heads and blocks. */
  private static double scores(ModelConfig config) {
    double columns = 2.0 * config.kvLoraRank() + config.qkRopeHeadDim();
    return 2.0 * config.numLayers() * config.numAttentionHeads() * columns;
  }

  double tokensPerSecond() {
    return rows / (weights + attention + collectives);
  }

  boolean fits(RankMachine machine) {
    return machine.memoryBytes().isEmpty() || memoryBytes <= machine.memoryBytes().getAsLong();
  }

  /** The most bytes of weights that a rank holds. */
  static long weightBytes(Plan plan) {
    return plan.ranks().stream()
        .mapToLong(rank -> rank.mappedBytes() + rank.copiedBytes() + rank.replicatedBytes())
        .max()
        .orElseThrow();
  }
}
