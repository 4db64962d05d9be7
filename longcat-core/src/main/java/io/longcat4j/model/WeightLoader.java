package io.longcat4j.model;

import io.longcat4j.CheckpointException;
import io.longcat4j.LoadingAbortedException;
import io.longcat4j.LoadingListener;
import io.longcat4j.LoadingProgress;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Weight;
import io.longcat4j.tensor.DType;
import org.jspecify.annotations.Nullable;

/** Hands named tensors to a backend, with their FP8 scales where there are any. */
final class WeightLoader {
  private final TensorSource source;
  private final ComputeBackend backend;
  private final ModelConfig.@Nullable BlockSize fp8Block;
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
    this.fp8Block = config.fp8Block().orElse(null);
    this.bytesTotal = bytesTotal;
    this.listener = listener;
  }

  ComputeBackend backend() {
    return backend;
  }

  Weight matrix(String name, int rows, int columns) {
    return load(source.require(name, rows, columns));
  }

  Weight vector(String name, int length) {
    return load(source.require(name, length));
  }

  Projection projection(String prefix, boolean bias, int rows, int columns) {
    return new Projection(
        matrix(prefix + ".weight", rows, columns), bias ? vector(prefix + ".bias", rows) : null);
  }

  private Weight load(StoredTensor tensor) {
    LoadingProgress progress =
        new LoadingProgress(
            LoadingProgress.Phase.LANGUAGE_MODEL, tensor.file(), bytesDone, bytesTotal);
    listener.onProgress(progress);
    if (progress.isAborted()) {
      throw new LoadingAbortedException(
          "Loading was aborted by its listener at " + tensor.name() + " of " + tensor.file());
    }
    bytesDone += tensor.byteSize();
    StoredTensor scales = source.find(tensor.name() + "_scale_inv").orElse(null);
    if (scales == null) {
      if (tensor.dtype() == DType.F8_E4M3) {
        throw new CheckpointException(
            tensor.file()
                + ": tensor "
                + tensor.name()
                + " is FP8, but its scales "
                + tensor.name()
                + "_scale_inv are missing; fetch the checkpoint again");
      }
      return backend.load(tensor);
    }
    if (fp8Block == null) {
      throw new CheckpointException(
          scales.file()
              + ": tensor "
              + scales.name()
              + " holds FP8 scales, but config.json has no quantization_config; use the"
              + " configuration shipped with the checkpoint");
    }
    bytesDone += scales.byteSize();
    return backend.load(tensor, scales, fp8Block.rows(), fp8Block.columns());
  }
}
