package io.longcat4j.modality;

import java.util.Arrays;

/**
 * Rows that take the place of token embeddings.
 *
 * @param rows how many
 * @param width of each, the model's hidden size
 * @param values {@code rows * width} numbers, row by row; not copied, not to be changed
 */
public record Embeddings(int rows, int width, float[] values) {
  /** Checks the components. */
  public Embeddings {
    if (values.length != (long) rows * width) {
      throw new IllegalArgumentException(
          rows + " rows of " + width + " do not fit " + values.length + " values");
    }
  }

  /**
   * Some of the rows.
   *
   * @param from the first
   * @param count how many
   * @return a copy, or these rows where all of them are wanted
   */
  public Embeddings slice(int from, int count) {
    return count == rows
        ? this
        : new Embeddings(
            count, width, Arrays.copyOfRange(values, from * width, (from + count) * width));
  }
}
