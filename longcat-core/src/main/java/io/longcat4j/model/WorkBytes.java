package io.longcat4j.model;

import io.longcat4j.checkpoint.ModelConfig;

/**
 * What passes of a model take of a device's memory beside weights and cache: activations of the
 * largest pass, heads, and scratch of kernels.
 *
 * @param config the model's sizes
 * @param ranks how many share it
 * @param headRows most rows that heads see
 * @param audioHeads heads that speak; 0 for text alone
 */
public record WorkBytes(ModelConfig config, int ranks, int headRows, int audioHeads) {
  /** Kernels write parts of attention and of sums, on two streams, in memory that doubles. */
  private static final int SCRATCH_COPIES = 16;

  /** Kernels cut rows so that a stream needs no more than a quarter of this, before it doubles. */
  private static final long MOST_SCRATCH = 1L << 30;

  /** Plans, tables, what is too small to be told. */
  private static final long SMALL = 64L << 20;

  /**
   * At most, for one rank.
   *
   * @return bytes
   */
  public long bytes() {
    long scratch = SCRATCH_COPIES * widest() * LanguageModel.MAX_ROWS * Float.BYTES;
    long pass = LanguageModel.MAX_ROWS * activations();
    long heads = headRows * (2L * config.hiddenSize() + vocabularies());
    return SMALL + Math.min(scratch, MOST_SCRATCH) + Float.BYTES * (pass + heads);
  }

  /** Numbers of a row, as {@link Scratch} and {@link ModelRunner} have them. */
  private long activations() {
    long hidden = config.hiddenSize();
    long heads = heads();
    long picks = 2L * config.numLayers() * config.moeTopk();
    return 8 * hidden
        + Math.max(1, config.qLoraRank())
        + heads * (config.qkNopeHeadDim() + config.qkRopeHeadDim() + config.vHeadDim())
        + latent()
        + config.ffnHiddenSize() / ranks
        + picks;
  }

  private long widest() {
    long columns = Math.max(2L * config.hiddenSize(), config.ffnHiddenSize() / ranks);
    return Math.max(columns, heads() * latent());
  }

  private long heads() {
    return config.numAttentionHeads() / ranks;
  }

  private long latent() {
    return (long) config.kvLoraRank() + config.qkRopeHeadDim();
  }

  private long vocabularies() {
    return config.vocabSize() + (audioHeads > 0 ? config.audioVocabSize() : 1L);
  }
}
