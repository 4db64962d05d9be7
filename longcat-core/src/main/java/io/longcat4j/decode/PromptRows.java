package io.longcat4j.decode;

import io.longcat4j.model.EncodedRows;
import io.longcat4j.tensor.HostRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * The input rows of a prompt: token embeddings, rows from encoders in the place of placeholders,
 * and positions that were generated in earlier turns. Immutable and thread-safe. Rows of encoders
 * lie outside the Java heap, shared by all prompts that begin with them, and are given back when
 * the last of these is garbage.
 */
public final class PromptRows {
  private static final int[] NO_AUDIO = {};

  /**
   * Encoder rows that share memory, which is given back as a whole; 25 MB of the published size.
   */
  private static final int ROWS_TOGETHER = 1024;

  /** Encoder rows in the place of consecutive positions. */
  private record Run(int position, HostRows values) {
    Run movedBy(int positions) {
      return new Run(position + positions, values);
    }

    int end() {
      return position + values.rows();
    }

    Run cutTo(int end) {
      return new Run(position, values.rows(0, Math.min(values.rows(), end - position)));
    }
  }

  private final int[] ids;
  private final long[] keys;
  private final int[][] audioIds;
  private final boolean[] generated;
  private final List<Run> runs;

  private PromptRows(
      int[] ids, long[] keys, int[][] audioIds, boolean[] generated, List<Run> runs) {
    this.ids = ids;
    this.keys = keys;
    this.audioIds = audioIds;
    this.generated = generated;
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
    return new PromptRows(ids, keys, audioIds, all, List.of());
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
    return new PromptRows(bothIds, bothKeys, bothAudio, bothGenerated, List.copyOf(bothRuns));
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

  /** Adds the encoder rows among {@code [from, from + count)}, which begin at a row of a pass. */
  void addEncodedRows(int from, int count, int firstRow, List<EncodedRows> into) {
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      int start = Math.max(run.position(), from);
      int end = Math.min(run.end(), from + count);
      if (start < end) {
        HostRows values = run.values().rows(start - run.position(), end - start);
        into.add(new EncodedRows(firstRow + start - from, values));
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
     * @param values rows of the encoder; copied out of the heap
     * @param fromRow the row that takes the first place
     * @return this
     * @throws IndexOutOfBoundsException if rows or positions are not there
     */
    public Builder splice(int position, int rows, float[] values, int fromRow) {
      Objects.checkFromIndexSize(position, /* size= */ rows, /* length= */ ids.length);
      Objects.checkFromIndexSize(
          (long) fromRow * hidden, /* size= */ (long) rows * hidden, /* length= */ values.length);
      for (int row = 0; row < rows; row += ROWS_TOGETHER) {
        int count = Math.min(ROWS_TOGETHER, rows - row);
        HostRows copy = HostRows.copyOf(values, fromRow + row, count, hidden);
        runs.add(new Run(position + row, copy));
      }
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
      runs.sort(Comparator.comparingInt(Run::position));
      return new PromptRows(
          ids.clone(), keys.clone(), silent, new boolean[ids.length], List.copyOf(runs));
    }
  }
}
