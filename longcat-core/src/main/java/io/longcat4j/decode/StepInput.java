package io.longcat4j.decode;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.attention.Span;
import io.longcat4j.cache.PageCopy;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.model.Command;
import io.longcat4j.model.Draft;
import io.longcat4j.model.EncodedRows;
import io.longcat4j.model.ModelRunner;
import io.longcat4j.model.Pass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes one pass after the other over rows of any sequences, and runs it. Used by the thread that
 * runs the model.
 */
public final class StepInput {

  /** Rows of one sequence in a pass. */
  private record Feed(
      SequenceRows rows,
      SequenceCache cache,
      int from,
      int count,
      int firstRow,
      ExpertCount experts,
      @Nullable AttentionCount attention) {

    /** Whether a row, from 0, is to be measured. */
    boolean measures(int row) {
      return attention != null && attention.wants(from + row - rows.promptSize());
    }
  }

  private final ModelRunner runner;
  private final List<Feed> feeds = new ArrayList<>();
  private final List<Span> spans = new ArrayList<>();
  private final List<EncodedRows> encoded = new ArrayList<>();
  private final RowList textRows = new RowList();
  private final RowList audioRows = new RowList();
  private int rows;

  /**
   * Starts without rows.
   *
   * @param runner runs the passes
   */
  public StepInput(ModelRunner runner) {
    this.runner = runner;
  }

  /** Begins the next pass. */
  public void clear() {
    feeds.clear();
    textRows.clear();
    audioRows.clear();
    rows = 0;
  }

  /**
   * Adds consecutive rows of a sequence.
   *
   * @param sequence the rows
   * @param cache with room for them: its length is that after the pass
   * @param from the first
   * @param count how many, at least 1
   * @param counted counts their experts
   * @return which feed of the pass it is, from 0
   */
  public int add(
      SequenceRows sequence, SequenceCache cache, int from, int count, ExpertCount counted) {
    return add(sequence, cache, from, count, counted, null);
  }

  /**
   * Adds consecutive rows of a sequence.
   *
   * @param sequence the rows
   * @param cache with room for them: its length is that after the pass
   * @param from the first
   * @param count how many, at least 1
   * @param counted counts their experts
   * @param measured says which of them are measured, and takes their figures; null for none
   * @return which feed of the pass it is, from 0
   */
  public int add(
      SequenceRows sequence,
      SequenceCache cache,
      int from,
      int count,
      ExpertCount counted,
      @Nullable AttentionCount measured) {
    feeds.add(new Feed(sequence, cache, from, count, rows, counted, measured));
    rows += count;
    return feeds.size() - 1;
  }

  /**
   * Asks for the text head's logits after a row of the feed added last; positions rise.
   *
   * @param position of the row in its sequence
   * @return index of the logits in {@link ModelRunner#textLogits}
   */
  public int wantText(int position) {
    return textRows.add(row(feeds.size() - 1, position));
  }

  /**
   * Asks for the audio heads' logits after a row of the feed added last; positions rise.
   *
   * @param position of the row in its sequence
   * @return index of the logits in {@link ModelRunner#audioLogits}
   */
  public int wantAudio(int position) {
    return audioRows.add(row(feeds.size() - 1, position));
  }

  /**
   * Rows of the pass so far.
   *
   * @return at most {@link io.longcat4j.model.LanguageModel#mostRows} by the time it runs
   */
  public int rows() {
    return rows;
  }

  /**
   * Rows that the audio heads see.
   *
   * @return at least 0
   */
  public int audioRows() {
    return audioRows.size();
  }

  /**
   * The row of a position in the pass.
   *
   * @param feed as {@link #add} said
   * @param position in the feed's sequence
   * @return from 0 to below {@link #rows()}
   */
  public int row(int feed, int position) {
    Feed fed = feeds.get(feed);
    return fed.firstRow + position - fed.from;
  }

  /**
   * Runs the pass.
   *
   * @param copies of pages, to be made before
   */
  public void run(List<PageCopy> copies) {
    Pass pass = pass(copies);
    if (measures()) {
      runner.measureNext();
    }
    runner.run(pass);
    countExperts();
  }

  private Pass pass(List<PageCopy> copies) {
    spans.clear();
    encoded.clear();
    int[] textIds = new int[rows];
    boolean speaks = false;
    for (int i = 0; i < feeds.size(); i++) {
      Feed feed = feeds.get(i);
      addSpans(feed);
      feed.rows.addEncodedRows(feed.from, feed.count, feed.firstRow, encoded);
      for (int j = 0; j < feed.count; j++) {
        textIds[feed.firstRow + j] = Math.max(Command.NONE, feed.rows.textId(feed.from + j));
        speaks |= feed.rows.audioIds(feed.from + j).length > 0;
      }
    }
    int[][] audioIds = speaks ? audioIds() : Pass.SILENT;
    List<EncodedRows> rowsOfEncoders = encoded.isEmpty() ? List.of() : encoded;
    return new Pass(
        copies, textIds, audioIds, rowsOfEncoders, spans, textRows.toArray(), audioRows.toArray());
  }

  /** Rows of a feed that look in the same way are a span. */
  private void addSpans(Feed feed) {
    int end = feed.from + feed.count;
    for (int from = feed.from; from < end; ) {
      AttentionPolicy policy = feed.rows.policy(from);
      int to = from + 1;
      while (to < end && feed.rows.policy(to).equals(policy)) {
        to++;
      }
      int firstRow = feed.firstRow + from - feed.from;
      spans.add(new Span(firstRow, to - from, from, feed.cache.table(), policy));
      from = to;
    }
  }

  private int[][] audioIds() {
    int heads = runner.limits().audioHeads();
    int[][] audioIds = new int[heads][rows];
    for (int[] ids : audioIds) {
      Arrays.fill(ids, Command.NONE);
    }
    for (int i = 0; i < feeds.size(); i++) {
      Feed feed = feeds.get(i);
      for (int j = 0; j < feed.count; j++) {
        int[] ids = feed.rows.audioIds(feed.from + j);
        if (ids.length > heads) {
          throw new IllegalStateException(
              "rows of speech were fed to a model without speech heads");
        }
        for (int head = 0; head < ids.length; head++) {
          audioIds[head][feed.firstRow + j] = Math.max(Command.NONE, ids[head]);
        }
      }
    }
    return audioIds;
  }

  private boolean measures() {
    for (int i = 0; i < feeds.size(); i++) {
      Feed feed = feeds.get(i);
      for (int row = 0; feed.attention != null && row < feed.count; row++) {
        if (feed.measures(row)) {
          return true;
        }
      }
    }
    return false;
  }

  private void countExperts() {
    for (int i = 0; i < feeds.size(); i++) {
      Feed feed = feeds.get(i);
      for (int row = 0; row < feed.count; row++) {
        feed.experts.add(runner, feed.firstRow + row);
        if (feed.attention != null && feed.measures(row)) {
          feed.attention.add(runner, feed.firstRow + row);
        }
      }
    }
  }

  /**
   * Looks one token further from every row of the pass, with what the sequences know by now of the
   * tokens that follow. The pages are written even of sequences that have ended since, for those
   * who share them, so nobody may have leased them anew.
   *
   * @param headRows rows whose logits are asked for, rising; not copied
   */
  public void draft(int[] headRows) {
    int[] nextIds = new int[rows];
    for (int i = 0; i < feeds.size(); i++) {
      Feed feed = feeds.get(i);
      for (int j = 0; j < feed.count; j++) {
        nextIds[feed.firstRow + j] = Math.max(Command.NONE, feed.rows.nextTextId(feed.from + j));
      }
    }
    runner.run(new Draft(nextIds, headRows));
  }
}
