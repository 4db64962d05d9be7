package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.ModelConfig.BlockSize;
import io.longcat4j.tensor.DType;
import java.util.Optional;

/**
 * A weight as stored, with the scales of its blocks where it is FP8. Whether a weight is quantised
 * is decided for each one by the presence of its {@code _scale_inv}. Immutable and thread-safe.
 *
 * @param values the stored numbers
 * @param scale F32 {@code [ceil(rows / block.rows), ceil(columns / block.columns)]}; a weight is
 *     its number times its block's scale, and the blocks at the right and lower edge may be partial
 * @param block the rows and columns that share a scale; empty where {@code scale} is
 */
public record ScaledTensor(
    StoredTensor values, Optional<StoredTensor> scale, Optional<BlockSize> block) {
  private static final String SCALE_SUFFIX = "_scale_inv";

  /**
   * Finds a weight and its scales.
   *
   * @param source where both are
   * @param name the weight's name; its scales have {@code _scale_inv} behind it
   * @param fp8Block the block size of the configuration
   * @return the weight
   * @throws CheckpointException if the weight is absent, is FP8 without scales, or has scales that
   *     do not fit it
   */
  public static ScaledTensor find(TensorSource source, String name, Optional<BlockSize> fp8Block) {
    StoredTensor values = source.require(name);
    Optional<StoredTensor> scale = source.find(name + SCALE_SUFFIX);
    boolean isFp8 = values.dtype() == DType.F8_E4M3;
    if (scale.isEmpty()) {
      if (isFp8) {
        throw bad(values, "is F8_E4M3, but " + name + SCALE_SUFFIX + " is missing");
      }
      return new ScaledTensor(values, Optional.empty(), Optional.empty());
    }
    if (!isFp8 || values.shape().rank() != 2) {
      throw bad(values, "has scales, so it must be a matrix of F8_E4M3");
    }
    BlockSize block =
        fp8Block.orElseThrow(
            () -> bad(values, "has scales, but config.json has no quantization_config"));
    requireFitting(values, scale.get(), block);
    return new ScaledTensor(values, scale, Optional.of(block));
  }

  private static void requireFitting(StoredTensor values, StoredTensor scale, BlockSize block) {
    if (scale.dtype() != DType.F32) {
      throw bad(scale, "holds scales, so it must be F32");
    }
    scale.requireShape(
        ceilDiv(values.shape().dim(0), block.rows()),
        ceilDiv(values.shape().dim(1), block.columns()));
  }

  private static long ceilDiv(long size, long block) {
    return size / block + (size % block == 0 ? 0 : 1);
  }

  private static CheckpointException bad(StoredTensor tensor, String what) {
    return new CheckpointException(
        tensor.file()
            + ": tensor "
            + tensor.name()
            + " of "
            + tensor.dtype()
            + tensor.shape()
            + " "
            + what
            + "; use the complete checkpoint with the configuration shipped with it");
  }
}
