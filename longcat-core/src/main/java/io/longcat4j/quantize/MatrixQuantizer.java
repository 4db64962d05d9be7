package io.longcat4j.quantize;

import io.longcat4j.CheckpointException;
import io.longcat4j.checkpoint.ScaledTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * Quantises a matrix some rows at a time, on all cores; the result does not depend on their number.
 */
final class MatrixQuantizer {
  private static final long FLOATS_AT_ONCE = 1 << 22;

  private final ScaledTensor source;
  private final Precision precision;
  private final int rows;
  private final int columns;
  private final int group;

  /** Takes the bytes of rows that follow each other. */
  interface Sink {
    void accept(ByteBuffer codes, ByteBuffer scales);
  }

  MatrixQuantizer(ScaledTensor source, Precision precision) {
    this.source = source;
    this.precision = precision;
    this.rows = Math.toIntExact(source.values().shape().dim(0));
    this.columns = Math.toIntExact(source.columns());
    this.group = precision.groups().size();
  }

  static int codeBytes(Precision precision, long columns) {
    return Math.toIntExact(precision.groups().bits() == 4 ? (columns + 1) / 2 : columns);
  }

  static int groups(Precision precision, long columns) {
    return Math.toIntExact((columns - 1) / precision.groups().size() + 1);
  }

  /** Hands all rows to the sink and tells the error made. */
  RoundingError run(Sink sink) {
    int codeBytes = codeBytes(precision, columns);
    int scaleBytes = Short.BYTES * groups(precision, columns);
    int most = (int) Math.max(1, Math.min(rows, FLOATS_AT_ONCE / columns));
    ByteBuffer codes = ByteBuffer.allocate(Math.multiplyExact(most, codeBytes));
    ByteBuffer scales =
        ByteBuffer.allocate(Math.multiplyExact(most, scaleBytes)).order(ByteOrder.LITTLE_ENDIAN);
    RoundingError total = RoundingError.NONE;
    for (int first = 0; first < rows; first += most) {
      int count = Math.min(most, rows - first);
      int from = first;
      RoundingError[] errors = new RoundingError[count];
      IntStream.range(0, count)
          .parallel()
          .forEach(i -> errors[i] = row(from + i, codes, i * codeBytes, scales, i * scaleBytes));
      for (RoundingError error : errors) {
        total = total.plus(error);
      }
      sink.accept(
          codes.duplicate().position(0).limit(count * codeBytes),
          scales.duplicate().position(0).limit(count * scaleBytes));
    }
    return total;
  }

  private RoundingError row(
      int index, ByteBuffer codes, int codesAt, ByteBuffer scales, int scalesAt) {
    float[] row = new float[columns];
    source.readRow(index, row);
    requireFinite(row, index);
    GroupRounding rounding = new GroupRounding(precision);
    boolean pairs = precision.groups().bits() == 4;
    if (pairs) {
      clear(codes, codesAt);
    }
    double signal = 0;
    double noise = 0;
    for (int from = 0, g = 0; from < columns; from += group, g++) {
      int to = Math.min(columns, from + group);
      short bits = rounding.scaleOf(row, from, to);
      float scale = GroupRounding.widen(bits);
      scales.putShort(scalesAt + Short.BYTES * g, bits);
      for (int i = from; i < to; i++) {
        int code = rounding.codeOf(row[i], scale);
        if (pairs) {
          int at = codesAt + i / 2;
          codes.put(at, (byte) (codes.get(at) | (code + 8) << (i % 2 == 0 ? 0 : 4)));
        } else {
          codes.put(codesAt + i, (byte) code);
        }
        double error = row[i] - (double) code * scale;
        signal += (double) row[i] * row[i];
        noise += error * error;
      }
    }
    return new RoundingError(columns, signal, noise);
  }

  private void clear(ByteBuffer codes, int at) {
    for (int i = 0; i < codeBytes(precision, columns); i++) {
      codes.put(at + i, (byte) 0);
    }
  }

  private void requireFinite(float[] row, int index) {
    for (int column = 0; column < row.length; column++) {
      if (!Float.isFinite(row[column])) {
        throw new CheckpointException(
            source.values().file()
                + ": tensor "
                + source.values().name()
                + " holds "
                + row[column]
                + " in row "
                + index
                + ", column "
                + column
                + ", which no integer can stand for; the file is damaged, fetch it again");
      }
    }
  }
}
