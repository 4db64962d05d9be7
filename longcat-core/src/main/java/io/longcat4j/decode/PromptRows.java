package io.longcat4j.decode;

import io.longcat4j.compute.Tensor;
import io.longcat4j.model.LanguageModel;
import java.util.ArrayList;
import java.util.List;

/**
 * The input rows of a prompt: token embeddings, and rows from encoders in the place of
 * placeholders. Immutable.
 */
public final class PromptRows {

  /** Encoder rows {@code [fromRow, fromRow + rows)} in the place of consecutive positions. */
  private record Run(int position, int rows, float[] values, int fromRow) {}

  private final int[] ids;
  private final int hidden;
  private final List<Run> runs;

  private PromptRows(int[] ids, int hidden, List<Run> runs) {
    this.ids = ids;
    this.hidden = hidden;
    this.runs = runs;
  }

  /**
   * Rows of tokens alone.
   *
   * @param ids of all positions
   * @return the rows
   */
  public static PromptRows of(int[] ids) {
    return new PromptRows(ids.clone(), 0, List.of());
  }

  /**
   * How many positions.
   *
   * @return at least 0
   */
  public int rows() {
    return ids.length;
  }

  /** Computes the rows {@code [from, from + into.rows())}. */
  void fill(int from, LanguageModel model, Tensor into) {
    int count = into.rows();
    int[] tokens = new int[count];
    System.arraycopy(ids, from, tokens, 0, count);
    model.stream().zero(into);
    model.addEmbeddings(tokens, into);
    for (Run run : runs) {
      int start = Math.max(run.position(), from);
      int end = Math.min(run.position() + run.rows(), from + count);
      if (start < end) {
        int row = run.fromRow() + start - run.position();
        model.stream().write(run.values(), row * hidden, into.rows(start - from, end - start));
      }
    }
  }

  /**
   * Starts with the ids of all positions.
   *
   * @param ids placeholders included
   * @param hidden columns of a row
   * @return a new builder
   */
  public static Builder builder(int[] ids, int hidden) {
    return new Builder(ids, hidden);
  }

  /** Collects splices; not thread-safe. */
  public static final class Builder {
    private final int[] ids;
    private final int hidden;
    private final List<Run> runs = new ArrayList<>();

    private Builder(int[] ids, int hidden) {
      this.ids = ids.clone();
      this.hidden = hidden;
    }

    /**
     * Puts encoder rows into the place of placeholders.
     *
     * @param positions of the placeholders, ascending
     * @param values as many rows, in order
     * @return this
     * @throws IllegalArgumentException if the counts differ
     */
    public Builder splice(int[] positions, float[] values) {
      if (values.length != (long) positions.length * hidden) {
        throw new IllegalArgumentException(
            positions.length
                + " placeholders of "
                + hidden
                + " columns do not fit "
                + values.length
                + " values");
      }
      int start = 0;
      for (int i = 1; i <= positions.length; i++) {
        if (i == positions.length || positions[i] != positions[i - 1] + 1) {
          runs.add(new Run(positions[start], i - start, values, start));
          start = i;
        }
      }
      for (int position : positions) {
        ids[position] = -1;
      }
      return this;
    }

    /**
     * Makes the immutable value.
     *
     * @return the rows
     */
    public PromptRows build() {
      return new PromptRows(ids, hidden, List.copyOf(runs));
    }
  }
}
