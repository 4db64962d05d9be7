package io.longcat4j.decode;

import io.longcat4j.compute.Stream;
import io.longcat4j.model.RowViews;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The input rows of a prompt: token embeddings, rows from encoders in the place of placeholders,
 * and positions that were generated in earlier turns. Immutable and thread-safe.
 */
public final class PromptRows {
  private static final int[] NO_AUDIO = {};

  /** Encoder rows {@code [fromRow, fromRow + rows)} in the place of consecutive positions. */
  private record Run(int position, int rows, float[] values, int fromRow) {
    Run movedBy(int positions) {
      return new Run(position + positions, rows, values, fromRow);
    }

    Run cutTo(int end) {
      return new Run(position, Math.min(rows, end - position), values, fromRow);
    }
  }

  private final int[] ids;
  private final long[] keys;
  private final int[][] audioIds;
  private final boolean[] generated;
  private final int hidden;
  private final List<Run> runs;

  private PromptRows(
      int[] ids, long[] keys, int[][] audioIds, boolean[] generated, int hidden, List<Run> runs) {
    this.ids = ids;
    this.keys = keys;
    this.audioIds = audioIds;
    this.generated = generated;
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
    return new Builder(ids, 0).build();
  }

  /** Rows that may have been generated; the arrays are this object's from now on. */
  static PromptRows generated(int[] ids, long[] keys, int[][] audioIds) {
    boolean[] all = new boolean[ids.length];
    Arrays.fill(all, true);
    return new PromptRows(ids, keys, audioIds, all, 0, List.of());
  }

  /**
   * How many positions.
   *
   * @return at least 0
   */
  public int rows() {
    return ids.length;
  }

  /**
   * These rows, then others: how a conversation grows.
   *
   * @param next what follows
   * @return the rows of both
   */
  public PromptRows then(PromptRows next) {
    int rows = rows();
    int both = Math.addExact(rows, next.rows());
    int[] bothIds = Arrays.copyOf(ids, both);
    System.arraycopy(next.ids, 0, bothIds, rows, next.rows());
    long[] bothKeys = Arrays.copyOf(keys, both);
    System.arraycopy(next.keys, 0, bothKeys, rows, next.rows());
    int[][] bothAudio = Arrays.copyOf(audioIds, both);
    System.arraycopy(next.audioIds, 0, bothAudio, rows, next.rows());
    boolean[] bothGenerated = Arrays.copyOf(generated, both);
    System.arraycopy(next.generated, 0, bothGenerated, rows, next.rows());
    List<Run> bothRuns = new ArrayList<>(runs);
    next.runs.forEach(run -> bothRuns.add(run.movedBy(rows)));
    return new PromptRows(
        bothIds,
        bothKeys,
        bothAudio,
        bothGenerated,
        Math.max(hidden, next.hidden),
        List.copyOf(bothRuns));
  }

  /**
   * The first rows: how a conversation is cut.
   *
   * @param rows how many, at most {@link #rows()}
   * @return the rows
   */
  public PromptRows first(int rows) {
    Objects.checkFromIndexSize(0, /* size= */ rows, /* length= */ ids.length);
    return new PromptRows(
        Arrays.copyOf(ids, rows),
        Arrays.copyOf(keys, rows),
        Arrays.copyOf(audioIds, rows),
        Arrays.copyOf(generated, rows),
        hidden,
        runs.stream().filter(run -> run.position < rows).map(run -> run.cutTo(rows)).toList());
  }

  int textId(int row) {
    return ids[row];
  }

  int[] audioIds(int row) {
    return audioIds[row];
  }

  boolean isGenerated(int row) {
    return generated[row];
  }

  long[] copyKeys() {
    return keys.clone();
  }

  /** Writes the encoder rows among {@code [from, from + count)}. */
  void writeEncoderRows(int from, int count, Stream stream, RowViews into, int firstRow) {
    for (Run run : runs) {
      int start = Math.max(run.position(), from);
      int end = Math.min(run.position() + run.rows(), from + count);
      if (start < end) {
        int row = run.fromRow() + start - run.position();
        stream.write(run.values(), row * hidden, into.rows(firstRow + start - from, end - start));
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
    private final long[] keys;
    private final int hidden;
    private final List<Run> runs = new ArrayList<>();

    private Builder(int[] ids, int hidden) {
      this.ids = ids.clone();
      this.keys = new long[ids.length];
      this.hidden = hidden;
      Arrays.setAll(keys, i -> RowKeys.ofToken(ids[i]));
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
      Arrays.fill(ids, position, position + rows, SpeechStep.NONE);
      RowKeys.ofEncoderRows(values, fromRow, hidden, keys, position, rows);
      return this;
    }

    /**
     * Makes the immutable value.
     *
     * @return the rows
     */
    public PromptRows build() {
      int[][] silent = new int[ids.length][];
      Arrays.fill(silent, NO_AUDIO);
      return new PromptRows(
          ids.clone(), keys.clone(), silent, new boolean[ids.length], hidden, List.copyOf(runs));
    }
  }
}
