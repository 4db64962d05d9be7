package io.longcat4j.model;

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

/** Hands named tensors to a backend, with their scales where there are any. */
final class WeightLoader {
  private final TensorSource source;
  private final ComputeBackend backend;
  private final ModelConfig config;
  private final LoadingListener listener;
  private final long bytesTotal;
  private long bytesDone;

  WeightLoader(
      TensorSource source,
      ComputeBackend backend,
      ModelConfig config,
      long bytesTotal,
      LoadingListener listener) {
    this.source = source;
    this.backend = backend;
    this.config = config;
    this.bytesTotal = bytesTotal;
    this.listener = listener;
  }

  ComputeBackend backend() {
    return backend;
  }

  Weight matrix(String name, int rows, int columns) {
    return load(name, rows, columns);
  }

  Weight vector(String name, int length) {
    return load(name, length);
  }

  Projection projection(String prefix, boolean bias, int rows, int columns) {
    return new Projection(
        matrix(prefix + ".weight", rows, columns), bias ? vector(prefix + ".bias", rows) : null);
  }

  private Weight load(String name, long... dims) {
    ScaledTensor weight =
        ScaledTensor.find(source, name, config.fp8Block(), config.integerGroups())
            .requireShape(dims);
    report(weight);
    return backend.load(weight);
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
