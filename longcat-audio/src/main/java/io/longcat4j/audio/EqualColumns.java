package io.longcat4j.audio;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which columns of a matrix are equal, so that a choice among them can be the first one whatever
 * the order in which a product added up. Immutable and thread-safe.
 */
final class EqualColumns {
  private final int[] firsts;

  private EqualColumns(int[] firsts) {
    this.firsts = firsts;
  }

  static EqualColumns of(float[] numbers, int rows, int columns) {
    int[] firsts = new int[columns];
    Map<Integer, List<Integer>> known = new HashMap<>();
    for (int column = 0; column < columns; column++) {
      List<Integer> alike =
          known.computeIfAbsent(hash(numbers, rows, columns, column), hash -> new ArrayList<>());
      firsts[column] = first(numbers, rows, columns, column, alike);
      if (firsts[column] == column) {
        alike.add(column);
      }
    }
    return new EqualColumns(firsts);
  }

  /** The first column that equals this one. */
  int first(int column) {
    return firsts[column];
  }

  /** Adding 0 makes both zeros one. */
  private static int hash(float[] numbers, int rows, int columns, int column) {
    float[] values = new float[rows];
    for (int row = 0; row < rows; row++) {
      values[row] = numbers[row * columns + column] + 0f;
    }
    return Arrays.hashCode(values);
  }

  private static int first(
      float[] numbers, int rows, int columns, int column, List<Integer> alike) {
    for (int other : alike) {
      int row = 0;
      while (row < rows && numbers[row * columns + column] == numbers[row * columns + other]) {
        row++;
      }
      if (row == rows) {
        return other;
      }
    }
    return column;
  }
}
