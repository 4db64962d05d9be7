package io.longcat4j.vision;

import java.util.Arrays;
import java.util.List;

/**
 * Rows of numbers between two stages of the encoder.
 *
 * @param rows how many
 * @param columns of each
 * @param values {@code rows * columns} numbers, row by row; not copied, not to be changed
 */
public record Matrix(int rows, int columns, float[] values) {
  /** Checks the components. */
  public Matrix {
    if (values.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          rows + " rows of " + columns + " do not fit " + values.length + " values");
    }
  }

  /**
   * A run of rows.
   *
   * @param from the first row
   * @param count how many
   * @return a copy, or this where it is all of it
   */
  Matrix slice(int from, int count) {
    return from == 0 && count == rows
        ? this
        : new Matrix(
            count, columns, Arrays.copyOfRange(values, from * columns, (from + count) * columns));
  }

  /**
   * Rows one after the other.
   *
   * @param parts at least one, all of the same width
   * @return a copy, or the part where it is the only one
   */
  static Matrix concat(List<Matrix> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    int columns = parts.get(0).columns();
    int rows = parts.stream().mapToInt(Matrix::rows).reduce(0, Math::addExact);
    float[] values = new float[Math.multiplyExact(rows, columns)];
    int at = 0;
    for (Matrix part : parts) {
      System.arraycopy(part.values(), 0, values, at, part.values().length);
      at += part.values().length;
    }
    return new Matrix(rows, columns, values);
  }
}
