package io.longcat4j.model;

import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Tensor;

/**
 * Scratch for a forward pass of a fixed number of rows, shared by all layers. Views are made once,
 * so that a pass makes no objects. Owned by {@link LanguageModel}.
 */
final class Activations implements AutoCloseable {
  final Tensor normed;
  final Tensor expertInput;
  final Tensor branch;
  final Tensor shortcut;
  final Tensor queryLatent;
  final Tensor query;
  final Tensor keyValue;
  final Tensor latent;
  final Tensor rotaryKey;
  final Tensor heads;
  final Tensor gated;

  Activations(ComputeBackend backend, ModelConfig config, int rows) {
    int headCount = config.numAttentionHeads();
    this.normed = backend.allocate(rows, config.hiddenSize());
    this.expertInput = backend.allocate(rows, config.hiddenSize());
    this.branch = backend.allocate(rows, config.hiddenSize());
    this.shortcut = backend.allocate(rows, config.hiddenSize());
    this.queryLatent = backend.allocate(rows, Math.max(1, config.qLoraRank()));
    this.query =
        backend.allocate(rows, headCount * (config.qkNopeHeadDim() + config.qkRopeHeadDim()));
    this.keyValue = backend.allocate(rows, config.kvLoraRank() + config.qkRopeHeadDim());
    this.latent = keyValue.columns(0, config.kvLoraRank());
    this.rotaryKey = keyValue.columns(config.kvLoraRank(), config.qkRopeHeadDim());
    this.heads = backend.allocate(rows, headCount * config.vHeadDim());
    this.gated = backend.allocate(rows, config.ffnHiddenSize());
  }

  int rows() {
    return normed.rows();
  }

  @Override
  public void close() {
    normed.close();
    expertInput.close();
    branch.close();
    shortcut.close();
    queryLatent.close();
    query.close();
    keyValue.close();
    heads.close();
    gated.close();
  }
}
