package io.longcat4j.compute;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.WeightScales;
import io.longcat4j.tensor.DType;
import java.util.Arrays;

/**
 * A weight that was checked to be one a backend can take in. Immutable and thread-safe.
 *
 * @param tensor numbers and scales
 * @param rows 1 for a vector
 * @param columns length of a row
 * @param slices equal runs of columns that products sum each for itself
 */
public record StoredWeight(ScaledTensor tensor, int rows, int columns, int slices) {

  /**
   * Checks a weight against the contract of {@link ComputeBackend#load}.
   *
   * @param given numbers and scales; F64 numbers are rounded to F32
   * @param slices equal runs of columns that products sum each for itself
   * @return the weight
   * @throws CheckpointException if the format, the shape of the scales or the number of slices does
   *     not fit
   */
  public static StoredWeight of(ScaledTensor given, int slices) {
    ScaledTensor tensor = given.narrowed();
    StoredTensor values = tensor.values();
    int rank = values.shape().rank();
    if (rank != 1 && rank != 2) {
      throw new CheckpointException(values + ": a weight needs one or two dimensions");
    }
    int rows = rank == 1 ? 1 : size(values, values.shape().dim(0));
    int columns = size(values, tensor.columns());
    StoredWeight weight = new StoredWeight(tensor, rows, columns, slices);
    weight.checkSlices();
    if (tensor.scales() instanceof WeightScales.Blocks blocks) {
      weight.check(blocks);
    } else if (tensor.scales() instanceof WeightScales.Groups groups) {
      weight.check(groups);
    } else {
      requireUnscaled(values);
    }
    return weight;
  }

  /**
   * The stored numbers.
   *
   * @return without their scales
   */
  public StoredTensor values() {
    return tensor.values();
  }

  /**
   * The number format.
   *
   * @return F32, BF16, F16, F8_E4M3, I8, or U8 for two numbers of 4 bits
   */
  public DType dtype() {
    return values().dtype();
  }

  /**
   * Bytes of a row of numbers.
   *
   * @return at least 1
   */
  public long rowBytes() {
    return dtype() == DType.U8 ? (columns + 1L) / 2 : (long) columns * dtype().bytes();
  }

  private void checkSlices() {
    boolean fits = slices > 0 && Integer.bitCount(slices) == 1 && columns % slices == 0;
    boolean pairs = dtype() == DType.U8 && slices > 1;
    if (!fits || (pairs && columns / slices % 2 != 0)) {
      throw new CheckpointException(
          values()
              + ": its "
              + columns
              + " columns do not split into "
              + slices
              + " slices, which must be equal, as many as a power of two, and for U8 of an even"
              + " number of columns; pass 1 to sum all columns as one");
    }
  }

  private void check(WeightScales.Blocks blocks) {
    if (dtype() != DType.F8_E4M3) {
      throw new CheckpointException(values() + ": only F8_E4M3 weights have block scales");
    }
    if (blocks.rows() < 1 || blocks.columns() < 1) {
      throw new CheckpointException(
          values()
              + ": its blocks are "
              + blocks.rows()
              + " x "
              + blocks.columns()
              + "; correct weight_block_size in config.json");
    }
    if (!blocks.factors().dtype().isScale()) {
      throw new CheckpointException(
          blocks.factors() + ": block scales must be F32, BF16, F16, F64 or F8_E8M0");
    }
    requireShape(
        blocks.factors(),
        "in blocks of " + blocks.rows() + " x " + blocks.columns(),
        "use the weight_block_size shipped with the checkpoint",
        parts(rows, blocks.rows()),
        parts(columns, blocks.columns()));
  }

  private void check(WeightScales.Groups groups) {
    if (dtype() != DType.I8 && dtype() != DType.U8) {
      throw new CheckpointException(values() + ": only I8 and U8 weights have scales of groups");
    }
    if (groups.size() < 1 || (dtype() == DType.U8 && groups.size() % 2 != 0)) {
      throw new CheckpointException(
          values()
              + ": its groups have "
              + groups.size()
              + " columns, expected at least 1 and an even number for U8; correct group_size in"
              + " config.json");
    }
    if (values().shape().rank() != 2 || values().shape().dim(1) != rowBytes()) {
      throw new CheckpointException(
          values() + ": does not hold " + rows + " rows of " + columns + " numbers");
    }
    if (groups.factors().dtype() != DType.BF16) {
      throw new CheckpointException(groups.factors() + ": scales of groups must be BF16");
    }
    requireShape(
        groups.factors(),
        "in groups of " + groups.size(),
        "use the group_size that the checkpoint was written with",
        rows,
        parts(columns, groups.size()));
  }

  private void requireShape(StoredTensor found, String how, String remedy, long... expected) {
    if (!Arrays.equals(found.shape().dims(), expected)) {
      throw new CheckpointException(
          found
              + ": the scales of "
              + values().name()
              + values().shape()
              + " "
              + how
              + " must have shape "
              + Arrays.toString(expected)
              + "; "
              + remedy);
    }
  }

  private static void requireUnscaled(StoredTensor values) {
    switch (values.dtype()) {
      case F32, BF16, F16 -> {
        return;
      }
      case F8_E4M3 ->
          throw new CheckpointException(
              values
                  + ": an F8_E4M3 weight needs its block scales, a tensor named "
                  + values.name()
                  + "_scale_inv");
      case I8, U8 ->
          throw new CheckpointException(
              values
                  + ": a weight of integers needs its scales, a tensor named "
                  + values.name()
                  + ScaledTensor.GROUP_SUFFIX);
      default ->
          throw new CheckpointException(
              values
                  + ": a weight must be F64, F32, BF16, F16, F8_E4M3, I8 or U8; convert the"
                  + " checkpoint to one of these");
    }
  }

  private static int size(StoredTensor values, long size) {
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw new CheckpointException(
          values + ": every dimension of a weight must be from 1 to " + Integer.MAX_VALUE);
    }
    return (int) size;
  }

  private static int parts(int length, int part) {
    return (length - 1) / part + 1;
  }
}
