package io.longcat4j.decode;

import io.longcat4j.compute.Tensor;
import io.longcat4j.model.LanguageModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

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
     * Puts encoder rows into the place of consecutive positions.
     *
     * @param position of the first placeholder
     * @param rows how many
     * @param values rows of the encoder; not copied, not to be changed
     * @param fromRow the row that takes the first place
     * @return this
     * @throws IndexOutOfBoundsException if rows or positions are not there
     */
    public Builder splice(int position, int rows, float[] values, int fromRow) {
      Objects.checkFromIndexSize(position, /* size= */ rows, /* length= */ ids.length);
      Objects.checkFromIndexSize(
          (long) fromRow * hidden, /* size= */ (long) rows * hidden, /* length= */ values.length);
      runs.add(new Run(position, rows, values, fromRow));
      Arrays.fill(ids, position, position + rows, -1);
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
