package io.longcat4j.model;

import io.longcat4j.compute.Span;
import java.util.List;

/**
 * The rows of one forward pass: which sequence each continues, at which position, and which cache
 * row it fills. Rows whose heads keep only the best positions come first.
 *
 * @param sparse spans of the first rows, in order; their heads keep {@code topK} positions
 * @param dense spans of the other rows, in order, counted from 0 after the sparse ones; their heads
 *     see all positions
 * @param topK positions that the heads of sparse rows keep, at least 1 where there are any
 * @param positions of every row in its sequence; not to be changed
 * @param slots cache row of every row; not to be changed
 */
public record Batch(List<Span> sparse, List<Span> dense, int topK, int[] positions, int[] slots) {

  /**
   * Consecutive rows of one sequence that see all positions.
   *
   * @param firstPosition position of the first row
   * @param rows how many, at least 1
   * @param sequenceSlots cache row of every position of the sequence
   * @return the batch
   */
  public static Batch of(int firstPosition, int rows, int[] sequenceSlots) {
    return of(firstPosition, rows, sequenceSlots, 0);
  }

  /**
   * Consecutive rows of one sequence.
   *
   * @param firstPosition position of the first row
   * @param rows how many, at least 1
   * @param sequenceSlots cache row of every position of the sequence
   * @param topK positions each head keeps; 0 for all
   * @return the batch
   */
  public static Batch of(int firstPosition, int rows, int[] sequenceSlots, int topK) {
    int[] positions = new int[rows];
    int[] slots = new int[rows];
    for (int i = 0; i < rows; i++) {
      positions[i] = firstPosition + i;
      slots[i] = sequenceSlots[firstPosition + i];
    }
    List<Span> spans = List.of(new Span(0, rows, firstPosition, sequenceSlots));
    return topK == 0
        ? new Batch(List.of(), spans, 0, positions, slots)
        : new Batch(spans, List.of(), topK, positions, slots);
  }

  /**
   * How many rows.
   *
   * @return at least 1
   */
  public int rows() {
    return positions.length;
  }

  /** How many of the rows are sparse. */
  int sparseRows() {
    if (sparse.isEmpty()) {
      return 0;
    }
    Span last = sparse.get(sparse.size() - 1);
    return last.firstRow() + last.rows();
  }
}
