package io.longcat4j.model;

import io.longcat4j.Experts;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Weight;
import java.util.List;

/**
 * Hands named tensors to a backend, with their scales where there are any: all of them, or this
 * rank's part.
 */
final class WeightLoader {
  private static final String SCALES = "_scale";
  private static final String FREQUENCIES = "rotary_emb.inv_freq";

  private final TensorSource source;
  private final ComputeBackend backend;
  private final ModelConfig config;
  private final Share share;
  private final Experts experts;
  private final LoadProgress progress;

  WeightLoader(
      TensorSource source,
      ComputeBackend backend,
      ModelConfig config,
      Share share,
      Experts experts,
      LoadProgress progress) {
    this.source = source;
    this.backend = backend;
    this.config = config;
    this.share = share;
    this.experts = experts;
    this.progress = progress;
  }

  /** Where experts are taken in, which may be elsewhere than all else. */
  WeightLoader forExperts() {
    return new WeightLoader(source, backend.forExperts(), config, share, experts, progress);
  }

  ComputeBackend backend() {
    return backend;
  }

  Share share() {
    return share;
  }

  /** Whole on one rank each, or sliced. */
  Experts experts() {
    return experts;
  }

  Weight matrix(String name, int rows, int columns) {
    return backend.load(next(name, rows, columns));
  }

  /** Vectors are small, and one that is no number would decide for others without a trace. */
  Weight vector(String name, int length) {
    ScaledTensor vector = next(name, length);
    vector.values().requireFinite();
    return backend.load(vector);
  }

  /** This rank's rows of a matrix: the outputs of ranks lie side by side. */
  Weight rows(String name, int rows, int columns) {
    return backend.load(share.rows(next(name, rows, columns), rows));
  }

  /** This rank's columns of a matrix: the outputs of ranks are to be summed. */
  Weight columns(String name, int rows, int columns) {
    ScaledTensor whole = next(name, rows, columns);
    return backend.load(share.columns(whole, columns), share.columnSlices(whole, columns));
  }

  /** This rank's rows of a matrix that need not divide. */
  Weight vocabulary(String name, int rows, int columns) {
    return backend.load(share.run(next(name, rows, columns), rows));
  }

  /** A matrix that another rank holds: its shape is checked, none of its numbers are read. */
  void elsewhere(String name, int rows, int columns) {
    next(name, rows, columns);
  }

  Projection projection(String prefix, boolean bias, int rows, int columns) {
    return new Projection(
        matrix(prefix + ".weight", rows, columns), bias ? vector(prefix + ".bias", rows) : null);
  }

  /** A map to few columns that every rank needs: this rank's run of its rows, or all. */
  Projection lowRank(String prefix, boolean bias, int rows, int columns) {
    if (!share.gathers(rows)) {
      return projection(prefix, bias, rows, columns);
    }
    Weight weight = backend.load(share.run(next(prefix + ".weight", rows, columns), rows));
    return new Projection(weight, bias ? vectorRun(prefix + ".bias", rows) : null);
  }

  private Weight vectorRun(String name, int length) {
    ScaledTensor vector = next(name, length);
    vector.values().requireFinite();
    return backend.load(share.run(vector, length));
  }

  private ScaledTensor next(String name, long... dims) {
    ScaledTensor weight =
        ScaledTensor.find(source, name, config.fp8Block(), config.integerGroups(name))
            .requireShape(dims);
    progress.begin(weight);
    return weight;
  }

  boolean has(String name) {
    return source.find(name).isPresent();
  }

  /** What is left over; frequencies that some tools store are computed here. */
  List<String> unused() {
    return source.names().stream()
        .filter(name -> MultiTokenPrediction.reads(name, false))
        .filter(name -> !isUsed(name) && !name.endsWith(FREQUENCIES))
        .sorted()
        .toList();
  }

  private boolean isUsed(String name) {
    int scales = name.lastIndexOf(SCALES);
    return progress.has(name) || (scales > 0 && progress.has(name.substring(0, scales)));
  }
}
