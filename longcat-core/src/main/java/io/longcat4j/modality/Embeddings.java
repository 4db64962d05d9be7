package io.longcat4j.modality;

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
}
