package io.longcat4j.checkpoint;

import io.longcat4j.CheckpointException;
import io.longcat4j.tensor.DType;
import io.longcat4j.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongUnaryOperator;

/**
 * Cuts parts out of weights: rows stay where they lie, columns are a view that gathers. Where a cut
 * falls into blocks or groups of scales, these become so small that none is cut; a part's numbers
 * are those of the whole.
 */
final class ScaledCut {
  private final ScaledTensor whole;
  private final StoredTensor values;

  ScaledCut(ScaledTensor whole) {
    this.whole = whole;
    this.values = whole.values();
  }

  ScaledTensor rows(long from, long count) {
    long rows = values.shape().dim(0);
    requireInside("rows", from, count, rows);
    if (count == rows) {
      return whole;
    }
    String name = named("rows", from, count);
    if (values.shape().rank() == 1) {
      return new ScaledTensor(values.slice(name, from, count), WeightScales.none());
    }
    long stored = values.shape().dim(1);
    StoredTensor part = values.slice(name, from * stored, count, stored);
    if (whole.scales() instanceof WeightScales.Blocks blocks) {
      return new ScaledTensor(part, rowsOf(blocks, from, count));
    }
    if (whole.scales() instanceof WeightScales.Groups groups) {
      StoredTensor factors = groups.factors();
      long width = factors.shape().dim(1);
      return new ScaledTensor(
          part,
          new WeightScales.Groups(
              factors.slice(
                  factors.name() + suffix("rows", from, count), from * width, count, width),
              groups.size(),
              groups.columns()));
    }
    return new ScaledTensor(part, WeightScales.none());
  }

  ScaledTensor columns(long from, long count) {
    long columns = whole.columns();
    requireInside("columns", from, count, columns);
    if (count == columns) {
      return whole;
    }
    if (values.shape().rank() != 2) {
      throw refused("columns", from, count, "is no matrix");
    }
    boolean pairs = values.dtype() == DType.U8;
    if (pairs && (from % 2 != 0 || count % 2 != 0)) {
      throw refused("columns", from, count, "keeps two numbers in a byte, which cannot be parted");
    }
    long stored = pairs ? count / 2 : count;
    long first = pairs ? from / 2 : from;
    int element = values.dtype().bytes();
    ColumnStorage storage = new ColumnStorage(values, first * element, stored * element);
    StoredTensor part =
        new StoredTensor(
            named("columns", from, count),
            values.file(),
            values.dtype(),
            Shape.of(values.shape().dim(0), stored),
            storage,
            0);
    if (whole.scales() instanceof WeightScales.Blocks blocks) {
      int width = common(blocks.columns(), from, count);
      StoredTensor factors =
          copy(
              blocks.factors(),
              blocks.factors().shape().dim(0),
              row -> row,
              (count - 1) / width + 1,
              i -> (from + i * width) / blocks.columns());
      return new ScaledTensor(part, new WeightScales.Blocks(factors, blocks.rows(), width));
    }
    if (whole.scales() instanceof WeightScales.Groups groups) {
      int size = common(groups.size(), from, count);
      StoredTensor factors =
          copy(
              groups.factors(),
              groups.factors().shape().dim(0),
              row -> row,
              (count - 1) / size + 1,
              i -> (from + i * size) / groups.size());
      return new ScaledTensor(part, new WeightScales.Groups(factors, size, count));
    }
    return new ScaledTensor(part, WeightScales.none());
  }

  private static WeightScales.Blocks rowsOf(WeightScales.Blocks blocks, long from, long count) {
    StoredTensor factors = blocks.factors();
    long width = factors.shape().dim(1);
    if (from % blocks.rows() == 0) {
      long height = (count - 1) / blocks.rows() + 1;
      StoredTensor part =
          factors.slice(
              factors.name() + suffix("rows", from, count),
              from / blocks.rows() * width,
              height,
              width);
      return new WeightScales.Blocks(part, blocks.rows(), blocks.columns());
    }
    int height = common(blocks.rows(), from, from);
    StoredTensor part =
        copy(
            factors,
            (count - 1) / height + 1,
            i -> (from + i * height) / blocks.rows(),
            width,
            column -> column);
    return new WeightScales.Blocks(part, height, blocks.columns());
  }

  /** Factors in memory of their own: entry (i, k) is that of (row(i), column(k)). */
  private static StoredTensor copy(
      StoredTensor factors,
      long rows,
      LongUnaryOperator row,
      long columns,
      LongUnaryOperator column) {
    int element = factors.dtype().bytes();
    long width = factors.shape().dim(1);
    int rowBytes = Math.toIntExact(width * element);
    ByteBuffer copied =
        ByteBuffer.allocateDirect(Math.toIntExact(Math.multiplyExact(rows, columns * element)))
            .order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    for (long i = 0; i < rows; i++) {
      ByteBuffer source = factors.bytes(row.applyAsLong(i) * rowBytes, rowBytes);
      for (long k = 0; k < columns; k++) {
        copied.put(at, source, (int) column.applyAsLong(k) * element, element);
        at += element;
      }
    }
    return new StoredTensor(
        factors.name(),
        factors.file(),
        factors.dtype(),
        Shape.of(rows, columns),
        new DirectStorage(copied),
        0);
  }

  /** The largest size that divides the block and whatever it is cut at. */
  private static int common(long block, long from, long count) {
    return (int) gcd(block, gcd(from, count));
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private void requireInside(String what, long from, long count, long all) {
    if (from < 0 || count < 1 || from > all - count) {
      throw refused(what, from, count, "has " + all);
    }
  }

  private CheckpointException refused(String what, long from, long count, String why) {
    return new CheckpointException(
        values
            + ": its "
            + what
            + " "
            + from
            + " to "
            + (from + count)
            + " cannot be cut out, because it "
            + why
            + "; use another number of ranks");
  }

  private String named(String what, long from, long count) {
    return values.name() + suffix(what, from, count);
  }

  private static String suffix(String what, long from, long count) {
    return " (" + what + " " + from + " to " + (from + count) + ")";
  }
}
