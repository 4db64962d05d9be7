package io.longcat4j.testing;

import io.longcat4j.checkpoint.ScaledTensor;
import io.longcat4j.checkpoint.StoredTensor;
import io.longcat4j.checkpoint.WeightScales;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/** Runs of columns, copied to files of their own. */
final class Cuts {
  private Cuts() {}

  /** Equal parts of the columns, one after the other. */
  static ScaledTensor part(ScaledTensor whole, int index, int parts) {
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

  private static StoredTensor pick(
      StoredTensor whole, int columns, java.util.function.IntUnaryOperator from) {
    int rows = (int) whole.shape().dim(0);
    int stride = (int) whole.shape().dim(1);
    ByteBuffer bytes = whole.bytes(0, (int) whole.byteSize());
    return TestWeight.stored(
        whole.dtype(),
        Shape.of(rows, columns),
        i -> {
          int at = i / columns * stride + from.applyAsInt(i % columns);
          return switch (whole.dtype().bytes()) {
            case 1 -> bytes.get(at);
            case 2 -> bytes.getShort(2 * at);
            default -> bytes.getInt(4 * at);
          };
        });
  }
}
