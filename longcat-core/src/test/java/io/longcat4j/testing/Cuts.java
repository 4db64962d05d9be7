package io.longcat4j.testing;

import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.WeightScales;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.function.IntUnaryOperator;

/** Runs of columns or rows, copied to files of their own. */
final class Cuts {
  private Cuts() {}

  /** Equal parts of the columns, one after the other. */
  static ScaledTensor columns(ScaledTensor whole, int index, int parts) {
    int count = (int) whole.columns() / parts;
    int from = index * count;
    if (whole.scales() instanceof WeightScales.Blocks blocks) {
      int width = common(count, blocks.columns());
      return new ScaledTensor(
          values(whole.values(), from, count),
          new WeightScales.Blocks(
              factors(blocks.factors(), from, count, blocks.columns(), width),
              blocks.rows(),
              width));
    }
    if (whole.scales() instanceof WeightScales.Groups groups) {
      int width = common(count, groups.size());
      int half = whole.values().dtype() == DType.U8 ? 2 : 1;
      return new ScaledTensor(
          values(whole.values(), from / half, count / half),
          new WeightScales.Groups(
              factors(groups.factors(), from, count, groups.size(), width), width, count));
    }
    return new ScaledTensor(values(whole.values(), from, count), WeightScales.none());
  }

  /** Equal parts of the rows, one after the other. */
  static ScaledTensor rows(ScaledTensor whole, int index, int parts) {
    int count = (int) whole.values().shape().dim(0) / parts;
    int from = index * count;
    StoredTensor values = pickRows(whole.values(), count, row -> from + row);
    if (whole.scales() instanceof WeightScales.Blocks blocks) {
      int height = common(count, blocks.rows());
      StoredTensor factors =
          pickRows(
              blocks.factors(), count / height, block -> (from + block * height) / blocks.rows());
      return new ScaledTensor(values, new WeightScales.Blocks(factors, height, blocks.columns()));
    }
    if (whole.scales() instanceof WeightScales.Groups groups) {
      StoredTensor factors = pickRows(groups.factors(), count, row -> from + row);
      return new ScaledTensor(
          values, new WeightScales.Groups(factors, groups.size(), groups.columns()));
    }
    return new ScaledTensor(values, WeightScales.none());
  }

  /** The largest size of blocks of which none lies in two of the old ones. */
  private static int common(int count, int width) {
    return BigInteger.valueOf(count).gcd(BigInteger.valueOf(width)).intValue();
  }

  private static StoredTensor values(StoredTensor whole, int from, int count) {
    return pick(whole, count, column -> from + column);
  }

  private static StoredTensor factors(
      StoredTensor whole, int from, int count, int oldWidth, int newWidth) {
    return pick(whole, count / newWidth, block -> (from + block * newWidth) / oldWidth);
  }

  private static StoredTensor pick(StoredTensor whole, int columns, IntUnaryOperator from) {
    return pick(whole, (int) whole.shape().dim(0), columns, row -> row, from);
  }

  private static StoredTensor pickRows(StoredTensor whole, int rows, IntUnaryOperator from) {
    return pick(whole, rows, (int) whole.shape().dim(1), from, column -> column);
  }

  private static StoredTensor pick(
      StoredTensor whole,
      int rows,
      int columns,
      IntUnaryOperator rowOf,
      IntUnaryOperator columnOf) {
    int stride = (int) whole.shape().dim(1);
    ByteBuffer bytes = whole.bytes(0, (int) whole.byteSize());
    return TestWeight.stored(
        whole.dtype(),
        Shape.of(rows, columns),
        i -> {
          int at = rowOf.applyAsInt(i / columns) * stride + columnOf.applyAsInt(i % columns);
          return switch (whole.dtype().bytes()) {
            case 1 -> bytes.get(at);
            case 2 -> bytes.getShort(2 * at);
            default -> bytes.getInt(4 * at);
          };
        });
  }
}
