package io.longcat4j.model;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.PageTable;
import io.longcat4j.attention.Span;
import io.longcat4j.cache.PageCopy;
import java.util.Arrays;
import java.util.List;

/**
 * A pass of the model over rows of any sequences, whole and by itself: everything that is computed
 * follows from it and from what earlier passes left in the cache. The arrays are its own from now
 * on and never to be changed.
 *
 * @param copies of pages, to be made before anything else, in order
 * @param textIds the token that each row is fed, {@link #NONE} for none
 * @param audioIds for each audio head, the id that each row is fed of it, {@link #NONE} for none;
 *     empty where no row is fed sound
 * @param encodedRows rows of encoders, in order, where {@code textIds} has none
 * @param spans which rows continue which sequence; together all rows, in order
 * @param textRows the rows that the text head sees, rising
 * @param audioRows the rows that the audio heads see, rising; see {@link AudioHead}
 */
public record Pass(
    List<PageCopy> copies,
    int[] textIds,
    int[][] audioIds,
    List<EncodedRows> encodedRows,
    List<Span> spans,
    int[] textRows,
    int[] audioRows)
    implements Command {

  /** No row. */
  public static final int[] NO_ROWS = {};

  /** No sound. */
  public static final int[][] SILENT = {};

  /** Makes the lists immutable. */
  public Pass {
    copies = List.copyOf(copies);
    encodedRows = List.copyOf(encodedRows);
    spans = List.copyOf(spans);
  }

  /**
   * Consecutive tokens of one sequence and nothing else.
   *
   * @param ids at least one; not copied
   * @param firstPosition of the first of them
   * @param pages of the sequence
   * @param textRows the rows that the text head sees, rising; not copied
   * @return the pass
   */
  public static Pass ofTokens(int[] ids, int firstPosition, PageTable pages, int... textRows) {
    Span span = new Span(0, ids.length, firstPosition, pages, AttentionPolicy.dense());
    return new Pass(List.of(), ids, SILENT, List.of(), List.of(span), textRows, NO_ROWS);
  }

  /**
   * How many rows.
   *
   * @return at least 0
   */
  public int rows() {
    return textIds.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Pass pass
        && copies.equals(pass.copies)
        && Arrays.equals(textIds, pass.textIds)
        && Arrays.deepEquals(audioIds, pass.audioIds)
        && encodedRows.equals(pass.encodedRows)
        && spans.equals(pass.spans)
        && Arrays.equals(textRows, pass.textRows)
        && Arrays.equals(audioRows, pass.audioRows);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(textIds) + spans.hashCode();
  }

  @Override
  public String toString() {
    return "Pass of " + rows() + " rows in " + spans;
  }
}
