package io.longcat4j.compute;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.tensor.DType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A weight that was checked to be one a backend can take in. Immutable and thread-safe.
 *
 * @param values {@code [rows, columns]} or {@code [columns]}
 * @param scales {@code [scaleRows, scaleColumns]} of F32 for F8_E4M3, else null
 * @param rows 1 for a vector
 * @param columns length of a row
 * @param blockRows rows that share a scale, 1 without scales
 * @param blockColumns columns that share a scale, 1 without scales
 */
public record StoredWeight(
    StoredTensor values,
    @Nullable StoredTensor scales,
    int rows,
    int columns,
    int blockRows,
    int blockColumns) {

  /**
   * Checks a weight against the contract of {@link ComputeBackend#load}.
   *
   * @param values the numbers
   * @param scales factors of blocks, or null
   * @param blockRows rows of a block
   * @param blockColumns columns of a block
   * @return the weight
   * @throws CheckpointException if the format or the shape of the scales does not fit
   */
  public static StoredWeight of(
      StoredTensor values, @Nullable StoredTensor scales, int blockRows, int blockColumns) {
    int rank = values.shape().rank();
    if (rank != 1 && rank != 2) {
      throw new CheckpointException(values + ": a weight needs one or two dimensions");
    }
    int rows = rank == 1 ? 1 : size(values, 0);
    int columns = size(values, rank - 1);
    requireFormat(values, scales);
    if (scales == null) {
      return new StoredWeight(values, null, rows, columns, 1, 1);
    }
    if (blockRows < 1 || blockColumns < 1) {
      throw new CheckpointException(
          values
              + ": its blocks are "
              + blockRows
              + " x "
              + blockColumns
              + "; correct weight_block_size in config.json");
    }
    StoredWeight weight = new StoredWeight(values, scales, rows, columns, blockRows, blockColumns);
    weight.requireScales(scales);
    return weight;
  }

  /**
   * The number format.
   *
   * @return F32, BF16, F16 or F8_E4M3
   */
  public DType dtype() {
    return values.dtype();
  }

  /**
   * Rows of scales.
   *
   * @return {@code ceil(rows / blockRows)}
   */
  public int scaleRows() {
    return blocks(rows, blockRows);
  }

  /**
   * Scales in a row of scales.
   *
   * @return {@code ceil(columns / blockColumns)}
   */
  public int scaleColumns() {
    return blocks(columns, blockColumns);
  }

  private void requireScales(StoredTensor found) {
    if (found.dtype() != DType.F32) {
      throw new CheckpointException(found + ": block scales must be F32");
    }
    long[] expected = {scaleRows(), scaleColumns()};
    if (!Arrays.equals(found.shape().dims(), expected)) {
      throw new CheckpointException(
          found
              + ": the scales of "
              + values.name()
              + values.shape()
              + " in blocks of "
              + blockRows
              + " x "
              + blockColumns
              + " must have shape "
              + Arrays.toString(expected)
              + "; use the weight_block_size shipped with the checkpoint");
    }
  }

  private static void requireFormat(StoredTensor values, @Nullable StoredTensor scales) {
    switch (values.dtype()) {
      case F32, BF16, F16 -> {
        if (scales != null) {
          throw new CheckpointException(values + ": only F8_E4M3 weights have block scales");
        }
      }
      case F8_E4M3 -> {
        if (scales == null) {
          throw new CheckpointException(
              values
                  + ": an F8_E4M3 weight needs its block scales, a tensor named "
                  + values.name()
                  + "_scale_inv");
        }
      }
      default ->
          throw new CheckpointException(values + ": a weight must be F32, BF16, F16 or F8_E4M3");
    }
  }

  private static int size(StoredTensor values, int axis) {
    long size = values.shape().dim(axis);
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw new CheckpointException(
          values + ": every dimension of a weight must be from 1 to " + Integer.MAX_VALUE);
    }
    return (int) size;
  }

  private static int blocks(int length, int block) {
    return (length - 1) / block + 1;
  }
}
