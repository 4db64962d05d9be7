package io.longcat4j.model;

import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.compute.HeadLayout;
import io.longcat4j.compute.Rotary;
import io.longcat4j.compute.RowPlan;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import io.longcat4j.parallel.Communicator;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head latent attention (DeepSeek-V2 report, section 2.1): keys and values are low-rank maps
 * of one latent a position, and only the latent and one rotated key are cached. A rank has a run of
 * the heads; all ranks cache the same latents, and where they are near each computes a run of
 * those.
 */
final class LatentAttention {
  /** The epsilon of the low-rank norms is fixed, whatever {@code rms_norm_eps} is. */
  private static final float LOW_RANK_EPSILON = 1e-6f;

  private final @Nullable Projection queryDown;
  private final @Nullable Norm queryNorm;
  private final Weight queryUp;
  private final Projection keyValueDown;
  private final Norm latentNorm;
  private final Weight keyValueUp;
  private final Weight output;
  private final @Nullable Weight outputBias;
  private final HeadLayout layout;
  private final Rotary rotary;
  private final Communicator sums;

  LatentAttention(
      WeightLoader loader, String prefix, ModelConfig config, Rotary rotary, Communicator sums) {
    this.rotary = rotary;
    this.sums = sums;
    int hidden = config.hiddenSize();
    int latent = config.kvLoraRank();
    this.layout =
        new HeadLayout(
            loader.share().of(config.numAttentionHeads()),
            config.qkNopeHeadDim(),
            config.qkRopeHeadDim(),
            latent,
            config.vHeadDim(),
            RotaryTable.scoreScale(config));
    int heads = config.numAttentionHeads();
    int queryColumns = heads * (layout.nope() + layout.rope());
    int rank = config.qLoraRank();
    boolean bias = config.attentionBias();
    if (rank == 0) {
      this.queryDown = null;
      this.queryNorm = null;
      this.queryUp = loader.rows(prefix + ".q_proj.weight", queryColumns, hidden);
    } else {
      this.queryDown = loader.lowRank(prefix + ".q_a_proj", bias, rank, hidden);
      this.queryNorm =
          lowRankNorm(loader, prefix + ".q_a_layernorm", rank, hidden, config.mlaScaleQLora());
      this.queryUp = loader.rows(prefix + ".q_b_proj.weight", queryColumns, rank);
    }
    this.keyValueDown =
        loader.lowRank(prefix + ".kv_a_proj_with_mqa", bias, layout.cacheColumns(), hidden);
    this.latentNorm =
        lowRankNorm(loader, prefix + ".kv_a_layernorm", latent, hidden, config.mlaScaleKvLora());
    this.keyValueUp =
        loader.rows(prefix + ".kv_b_proj.weight", heads * (layout.nope() + layout.value()), latent);
    this.output = loader.columns(prefix + ".o_proj.weight", hidden, heads * layout.value());
    this.outputBias = bias ? loader.vector(prefix + ".o_proj.bias", hidden) : null;
  }

  private static Norm lowRankNorm(
      WeightLoader loader, String prefix, int rank, int hidden, boolean scaled) {
    float scale = scaled ? (float) Math.sqrt((double) hidden / rank) : 1f;
    return new Norm(loader.vector(prefix + ".weight", rank), LOW_RANK_EPSILON, scale);
  }

  /** {@code into = attention(x)}, after writing the rows' latents into the cache. */
  void forward(
      Stream stream, Tensor x, PassPlan plan, CacheBlock cache, Activations a, Tensor into) {
    if (queryDown == null || queryNorm == null) {
      stream.linear(queryUp, null, x, a.query);
      keyValueDown.apply(stream, x, a.ownKeyValue);
      gatherLowRank(a);
    } else {
      queryDown.applyWith(stream, x, a.ownQueryLatent, keyValueDown, a.ownKeyValue);
      gatherLowRank(a);
      queryNorm.applyAndMap(stream, a.queryLatent, queryUp, a.query);
    }
    attend(stream, plan, cache, a);
    stream.linear(output, null, a.heads, into);
    sums.sum(into);
    if (outputBias != null) {
      // Of the sum, not of every rank's part of it.
      stream.addVector(outputBias, into);
    }
  }

  private void gatherLowRank(Activations a) {
    if (!a.lowRankRuns.isEmpty()) {
      sums.allGather(a.lowRankRuns);
    }
  }

  private void attend(Stream stream, PassPlan plan, CacheBlock cache, Activations a) {
    RowPlan rows = plan.of(cache.number());
    AttentionMeter meter = plan.meter(cache.number());
    if (meter == null && cache.index() == null) {
      latentNorm.placeAndAttend(
          stream, a.query, layout, a.keyValue, rotary, rows, cache.rows(), keyValueUp, a.heads);
      return;
    }
    latentNorm.place(stream, a.query, layout.heads(), a.keyValue, rotary, rows, cache.rows());
    cache.follow(stream, rows);
    stream.latentAttention(a.query, keyValueUp, layout, cache.rows(), cache.index(), rows, a.heads);
    if (meter != null) {
      meter.measure(stream, a.query, keyValueUp, layout, cache, rows);
    }
  }
}
