package io.longcat4j.compute;

import io.longcat4j.tensor.DType;

/** A matrix or a vector taken in by a backend, in the format it has on disk. Immutable. */
public interface Weight {
  /**
   * Outputs of a linear map.
   *
   * @return 1 for a vector
   */
  int rows();

  /**
   * Inputs of a linear map.
   *
   * @return the length of a vector
   */
  int columns();

  /**
   * The number format.
   *
   * @return as on disk
   */
  DType dtype();

  /**
   * Equal runs of columns that products sum each for itself, see {@link
   * ComputeBackend#load(io.longcat4j.checkpoint.ScaledTensor, int)}.
   *
   * @return 1 for columns that are summed as one
   */
  int slices();
}
