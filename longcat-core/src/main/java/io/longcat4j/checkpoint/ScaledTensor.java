package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.ModelConfig.BlockSize;
import io.longcat4j.checkpoint.ModelConfig.IntegerGroups;
import io.longcat4j.tensor.DType;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A weight as stored, with its scales where it is quantised. Whether it is, is decided for each one
 * by the presence of its scales: {@code _scale_inv} behind its name for FP8, {@code _scale} for
 * integers. Immutable and thread-safe.
 *
 * @param values the stored numbers
 * @param scales what they are multiplied with
 */
public record ScaledTensor(StoredTensor values, WeightScales scales) {
  /** What the name of an integer weight's scales has behind the weight's. */
  public static final String GROUP_SUFFIX = "_scale";

  private static final String BLOCK_SUFFIX = "_scale_inv";

  /**
   * Finds a weight and its scales.
   *
   * @param source where both are
   * @param name the weight's name
   * @param fp8Block the blocks of FP8 weights in the configuration
   * @param groups the groups of integer weights in the configuration
   * @return the weight; the columns of a 4-bit one are even until {@link #requireShape} says more
   * @throws CheckpointException if the weight is absent, is quantised without scales, or has scales
   *     that do not fit it
   */
  public static ScaledTensor find(
      TensorSource source,
      String name,
      Optional<BlockSize> fp8Block,
      Optional<IntegerGroups> groups) {
    StoredTensor values = source.require(name);
    Optional<StoredTensor> groupScale = source.find(name + GROUP_SUFFIX);
    if (groupScale.isPresent()) {
      return grouped(values, groupScale.get(), groups);
    }
    Optional<StoredTensor> blockScale = source.find(name + BLOCK_SUFFIX);
    if (blockScale.isPresent()) {
      return blocked(values, blockScale.get(), fp8Block);
    }
    switch (values.dtype()) {
      case F8_E4M3 -> throw bad(values, "is F8_E4M3, but " + name + BLOCK_SUFFIX + " is missing");
      case I8, U8 -> throw bad(values, "is quantised, but " + name + GROUP_SUFFIX + " is missing");
      default -> {
        return new ScaledTensor(values, WeightScales.none()).narrowed();
      }
    }
  }

  private static ScaledTensor blocked(
      StoredTensor values, StoredTensor scale, Optional<BlockSize> fp8Block) {
    if (values.dtype() != DType.F8_E4M3 || values.shape().rank() != 2) {
      throw bad(values, "has scales, so it must be a matrix of F8_E4M3");
    }
    BlockSize block =
        fp8Block.orElseThrow(
            () -> bad(values, "has scales, but config.json has no quantization_config"));
    if (!scale.dtype().isScale()) {
      throw bad(scale, "holds scales, so it must be F32, BF16, F16, F64 or F8_E8M0");
    }
    scale.requireShape(
        ceilDiv(values.shape().dim(0), block.rows()),
        ceilDiv(values.shape().dim(1), block.columns()));
    return new ScaledTensor(values, new WeightScales.Blocks(scale, block.rows(), block.columns()));
  }

  private static ScaledTensor grouped(
      StoredTensor values, StoredTensor scale, Optional<IntegerGroups> groups) {
    IntegerGroups expected =
        groups.orElseThrow(
            () ->
                bad(
                    values,
                    "has scales of groups, but config.json has no quantization_config of"
                        + " longcat4j"));
    if (values.dtype() != expected.dtype() || values.shape().rank() != 2) {
      throw bad(
          values,
          "has scales of groups, so with "
              + expected.bits()
              + " bits it must be a matrix of "
              + expected.dtype());
    }
    requireDType(scale, DType.BF16);
    long columns = values.shape().dim(1) * (values.dtype() == DType.U8 ? 2 : 1);
    scale.requireShape(values.shape().dim(0), ceilDiv(columns, expected.size()));
    return new ScaledTensor(values, new WeightScales.Groups(scale, expected.size(), columns));
  }

  /**
   * This weight, if it has a shape.
   *
   * @param dims the sizes that the configuration asks for
   * @return this weight with exactly these sizes
   * @throws CheckpointException if the shape is another one
   */
  public ScaledTensor requireShape(long... dims) {
    if (scales instanceof WeightScales.Groups groups && values.dtype() == DType.U8) {
      if (dims.length != 2) {
        throw bad(values, "holds a matrix, but the configuration asks for a vector");
      }
      values.requireShape(dims[0], ceilDiv(dims[1], 2));
      return new ScaledTensor(
          values, new WeightScales.Groups(groups.factors(), groups.size(), dims[1]));
    }
    values.requireShape(dims);
    return this;
  }

  /**
   * This weight in a format that kernels read.
   *
   * @return with F32 for F64, rounded as {@link StoredTensor#narrowed} says
   */
  public ScaledTensor narrowed() {
    return values.dtype() == DType.F64 ? new ScaledTensor(values.narrowed(), scales) : this;
  }

  /**
   * The columns of the weight, which are not always those stored.
   *
   * @return the length of a row, or of a vector
   */
  public long columns() {
    return scales instanceof WeightScales.Groups groups
        ? groups.columns()
        : values.shape().dim(values.shape().rank() - 1);
  }

  /**
   * Some rows of this weight, or numbers of a vector. They stay where they lie; where the cut falls
   * into blocks of scales, these are copied for smaller blocks.
   *
   * @param from the first
   * @param count how many, at least 1
   * @return a weight of these rows
   * @throws CheckpointException if they leave this weight
   */
  public ScaledTensor rows(long from, long count) {
    return new ScaledCut(this).rows(from, count);
  }

  /**
   * Some columns of this weight, as a matrix that lies nowhere in one piece: {@link
   * StoredTensor#columns} says how to copy it. Scales are copied, for blocks or groups whose
   * columns divide those of the whole, {@code from} and {@code count}.
   *
   * @param from the first
   * @param count how many, at least 1; like {@code from} even for numbers of 4 bits
   * @return a weight of these columns
   * @throws CheckpointException if they leave this weight, or would part a byte
   */
  public ScaledTensor columns(long from, long count) {
    return new ScaledCut(this).columns(from, count);
  }

  /**
   * The size on disk.
   *
   * @return bytes of the numbers and of their scales
   */
  public long byteSize() {
    if (scales instanceof WeightScales.Blocks blocks) {
      return values.byteSize() + blocks.factors().byteSize();
    }
    if (scales instanceof WeightScales.Groups groups) {
      return values.byteSize() + groups.factors().byteSize();
    }
    return values.byteSize();
  }

  /**
   * A row of the weight as F32.
   *
   * @param row its index; 0 for a vector
   * @param into receives {@link #columns()} numbers
   */
  public void readRow(long row, float[] into) {
    if (scales instanceof WeightScales.Groups groups) {
      readIntegers(row, into);
      float[] factors = new float[(int) ceilDiv(into.length, groups.size())];
      groups.factors().readFloats(row * factors.length, factors);
      multiply(into, factors, groups.size());
      return;
    }
    values.readFloats(row * into.length, into);
    if (scales instanceof WeightScales.Blocks blocks) {
      float[] factors = new float[(int) ceilDiv(into.length, blocks.columns())];
      blocks.factors().readFloats(row / blocks.rows() * factors.length, factors);
      multiply(into, factors, blocks.columns());
    }
  }

  private void readIntegers(long row, float[] into) {
    if (values.dtype() != DType.U8) {
      values.readFloats(row * into.length, into);
      return;
    }
    int rowBytes = (into.length + 1) / 2;
    ByteBuffer packed = values.bytes(row * rowBytes, rowBytes);
    for (int column = 0; column < into.length; column++) {
      int pair = packed.get(column / 2);
      into[column] = ((column % 2 == 0 ? pair : pair >> 4) & 0xf) - 8;
    }
  }

  private static void multiply(float[] row, float[] factors, int width) {
    for (int column = 0; column < row.length; column++) {
      row[column] *= factors[column / width];
    }
  }

  private static void requireDType(StoredTensor scale, DType dtype) {
    if (scale.dtype() != dtype) {
      throw bad(scale, "holds scales, so it must be " + dtype);
    }
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
