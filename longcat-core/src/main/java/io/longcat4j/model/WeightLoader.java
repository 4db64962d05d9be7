package io.longcat4j.model;

import io.longcat4j.Experts;
import io.longcat4j.LoadingAbortedException;
import io.longcat4j.LoadingListener;
import io.longcat4j.LoadingProgress;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Weight;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
  private final LoadingListener listener;
  private final long bytesTotal;
  private final Set<String> used = new HashSet<>();
  private long bytesDone;

  WeightLoader(
      TensorSource source,
      ComputeBackend backend,
      ModelConfig config,
      Share share,
      Experts experts,
      long bytesTotal,
      LoadingListener listener) {
    this.source = source;
    this.backend = backend;
    this.config = config;
    this.share = share;
    this.experts = experts;
    this.bytesTotal = bytesTotal;
    this.listener = listener;
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
    return backend.load(share.vocabulary(next(name, rows, columns), rows));
  }

  /** A matrix that another rank holds: its shape is checked, none of its numbers are read. */
  void elsewhere(String name, int rows, int columns) {
    next(name, rows, columns);
  }

  Projection projection(String prefix, boolean bias, int rows, int columns) {
    return new Projection(
        matrix(prefix + ".weight", rows, columns), bias ? vector(prefix + ".bias", rows) : null);
  }

  private ScaledTensor next(String name, long... dims) {
    ScaledTensor weight =
        ScaledTensor.find(source, name, config.fp8Block(), config.integerGroups())
            .requireShape(dims);
    if (used.add(name)) {
      report(weight);
    }
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
    return used.contains(name) || (scales > 0 && used.contains(name.substring(0, scales)));
  }

  private void report(ScaledTensor weight) {
    StoredTensor next = weight.values();
    LoadingProgress progress =
        new LoadingProgress(
            LoadingProgress.Phase.LANGUAGE_MODEL, fileName(next), bytesDone, bytesTotal);
    listener.onProgress(progress);
    if (progress.isAborted()) {
      throw new LoadingAbortedException(
          "Loading was aborted by its listener at " + next.name() + " of " + next.file());
    }
    bytesDone += weight.byteSize();
  }

  private static String fileName(StoredTensor tensor) {
    return String.valueOf(Path.of(tensor.file()).getFileName());
  }
}
