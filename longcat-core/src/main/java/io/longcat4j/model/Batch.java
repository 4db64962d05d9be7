package io.longcat4j.model;

import io.longcat4j.compute.Span;
import java.util.List;

/**
 * The rows of one forward pass: which sequence each continues, at which position, and which cache
 * row it fills.
 *
 * @param spans together all rows, in order
 * @param positions of every row in its sequence; not to be changed
 * @param slots cache row of every row; not to be changed
 */
public record Batch(List<Span> spans, int[] positions, int[] slots) {

  /**
   * Consecutive rows of one sequence.
   *
   * @param firstPosition position of the first row
   * @param rows how many, at least 1
   * @param sequenceSlots cache row of every position of the sequence
   * @return the batch
   */
  public static Batch of(int firstPosition, int rows, int[] sequenceSlots) {
    int[] positions = new int[rows];
    int[] slots = new int[rows];
    for (int i = 0; i < rows; i++) {
      positions[i] = firstPosition + i;
      slots[i] = sequenceSlots[firstPosition + i];
    }
    return new Batch(List.of(new Span(0, rows, firstPosition, sequenceSlots)), positions, slots);
  }

  /**
   * How many rows.
   *
   * @return at least 1
   */
  public int rows() {
    return positions.length;
  }
}
