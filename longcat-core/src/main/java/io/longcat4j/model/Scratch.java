package io.longcat4j.model;

import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Routing;
import org.jspecify.annotations.Nullable;

/**
 * The memory of forward passes, allocated once for the largest, with a set of windows for every
 * number of rows that has occurred. Owned by {@link LanguageModel}.
 */
final class Scratch implements AutoCloseable {
  final RowViews normed;
  final RowViews expertInput;
  final RowViews branchAndShortcut;
  final RowViews queryLatent;
  final RowViews query;
  final RowViews keyValue;
  final RowViews heads;
  final RowViews gated;
  final int hidden;
  final Routing routing;
  final int layers;
  final int latentColumns;
  final Share share;

  private final @Nullable Activations[] known;

  Scratch(ComputeBackend backend, ModelConfig config, Share share, int rows) {
    this.share = share;
    int headCount = share.of(config.numAttentionHeads());
    this.hidden = config.hiddenSize();
    this.latentColumns = config.kvLoraRank();
    int rotaryColumns = config.qkRopeHeadDim();
    this.known = new Activations[rows + 1];
    this.normed = new RowViews(backend, rows, hidden);
    this.expertInput = new RowViews(backend, rows, hidden);
    this.branchAndShortcut = new RowViews(backend, rows, 2 * hidden);
    this.queryLatent = new RowViews(backend, rows, Math.max(1, config.qLoraRank()));
    this.query = new RowViews(backend, rows, headCount * (config.qkNopeHeadDim() + rotaryColumns));
    this.keyValue = new RowViews(backend, rows, latentColumns + rotaryColumns);
    this.heads = new RowViews(backend, rows, headCount * config.vHeadDim());
    this.gated = new RowViews(backend, rows, share.of(config.ffnHiddenSize()));
    this.layers = config.numLayers();
    this.routing = backend.allocateRouting(Math.multiplyExact(layers, rows), config.moeTopk());
  }

  Activations rows(int rows) {
    Activations windows = known[rows];
    if (windows == null) {
      windows = new Activations(this, rows);
      known[rows] = windows;
    }
    return windows;
  }

  @Override
  public void close() {
    normed.close();
    expertInput.close();
    branchAndShortcut.close();
    queryLatent.close();
    query.close();
    keyValue.close();
    heads.close();
    gated.close();
    routing.close();
  }
}
