package io.longcat4j.decode;

import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.compute.Span;
import io.longcat4j.compute.Tensor;
import io.longcat4j.model.Batch;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.RowViews;
import io.longcat4j.model.SpeechHeads;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One forward pass after the other over rows of any sequences. Used by the thread that runs the
 * model; closed by its owner before the model.
 */
public final class StepInput implements AutoCloseable {

  /** Rows of one sequence in a pass. */
  private record Feed(
      SequenceRows rows, SequenceCache cache, int from, int count, ExpertCount experts) {}

  private final LanguageModel model;
  private final @Nullable SpeechHeads heads;
  private final int topK;
  private final RowViews x;
  private final StepArrays.Known arrays;
  private final StepExperts experts;
  private final List<Feed> feeds = new ArrayList<>();
  private final List<Span> sparse = new ArrayList<>();
  private final List<Span> dense = new ArrayList<>();
  private int[] lastRows = new int[8];
  private int rows;
  private StepArrays step;

  /**
   * Allocates for the largest pass.
   *
   * @param model computes
   * @param heads take generated speech in, or null for text alone
   * @param topK positions that the heads of generated rows keep; 0 for all
   */
  public StepInput(LanguageModel model, @Nullable SpeechHeads heads, int topK) {
    this.model = model;
    this.heads = heads;
    this.topK = topK;
    this.x = new RowViews(model.backend(), LanguageModel.MAX_ROWS, model.config().hiddenSize());
    this.arrays = new StepArrays.Known(heads == null ? 0 : heads.count());
    this.step = arrays.of(0);
    this.experts = new StepExperts();
  }

  /** Begins the next pass. */
  public void clear() {
    feeds.clear();
    rows = 0;
  }

  /**
   * Adds consecutive rows of a sequence.
   *
   * @param sequence the rows
   * @param cache with room for them: its length is that after the pass
   * @param from the first
   * @param count how many, at least 1, {@linkplain SequenceRows#alike alike}
   * @param counted counts their experts
   */
  public void add(
      SequenceRows sequence, SequenceCache cache, int from, int count, ExpertCount counted) {
    feeds.add(new Feed(sequence, cache, from, count, counted));
    rows += count;
  }

  /**
   * Rows of the pass so far.
   *
   * @return at most {@link LanguageModel#MAX_ROWS} by the time it runs
   */
  public int rows() {
    return rows;
  }

  /**
   * Runs the pass.
   *
   * @param cache of all the sequences
   */
  public void run(PagedCache cache) {
    step = arrays.of(rows);
    layOut();
    Tensor input = x.first(rows);
    model.stream().zero(input);
    model.addEmbeddings(step.textIds(), input);
    writeEncoderRows();
    if (heads != null && step.isSpoken()) {
      addSpeech(heads, step, input);
    }
    model.forward(input, batch(), cache, experts);
  }

  /**
   * Looks one token further from every row of the pass, by {@link LanguageModel#draft}, with what
   * the sequences know by now of the tokens that follow. The slots are written even of sequences
   * that have ended since, for those who share their pages, so nobody may have leased them anew.
   *
   * @param cache of all the sequences
   */
  public void draft(PagedCache cache) {
    for (int i = 0; i < feeds.size(); i++) {
      Feed feed = feeds.get(i);
      step.putNext(lastRows[i] - feed.count + 1, feed.rows, feed.from, feed.count);
    }
    model.draft(x.first(rows), step.nextIds(), batch(), cache);
  }

  private Batch batch() {
    return new Batch(sparse, dense, topK, step.positions(), step.slots());
  }

  /**
   * The hidden state after a row of a sequence, until the next pass; after {@link #draft} the one
   * that looks a token further.
   *
   * @param feed index in the order of {@link #add}
   * @param position of the row in its sequence
   * @return {@code [1, hidden]}
   */
  public Tensor hidden(int feed, int position) {
    Feed fed = feeds.get(feed);
    return x.row(lastRows[feed] + position - (fed.from + fed.count - 1));
  }

  private void layOut() {
    lastRows = lastRows.length < feeds.size() ? new int[2 * feeds.size()] : lastRows;
    sparse.clear();
    dense.clear();
    experts.clear();
    step.silence();
    int sparseRows = layOut(sparse, /* areSparse= */ true, 0);
    layOut(dense, /* areSparse= */ false, sparseRows);
  }

  private int layOut(List<Span> spans, boolean areSparse, int firstRow) {
    int row = firstRow;
    for (int i = 0; i < feeds.size(); i++) {
      Feed feed = feeds.get(i);
      if (feed.rows.isSparse(feed.from) == areSparse) {
        int[] slots = feed.cache.slots();
        spans.add(new Span(row - firstRow, feed.count, feed.from, slots));
        step.put(row, feed.rows, feed.from, feed.count, slots);
        experts.add(feed.experts, feed.count);
        row += feed.count;
        lastRows[i] = row - 1;
      }
    }
    return row;
  }

  private void writeEncoderRows() {
    for (int i = 0; i < feeds.size(); i++) {
      Feed feed = feeds.get(i);
      int firstRow = lastRows[i] - feed.count + 1;
      feed.rows.writeEncoderRows(feed.from, feed.count, model.stream(), x, firstRow);
    }
  }

  private static void addSpeech(SpeechHeads heads, StepArrays step, Tensor input) {
    for (int head = 0; head < heads.count(); head++) {
      heads.addInputs(head, step.audioIds(head), input);
    }
  }

  @Override
  public void close() {
    x.close();
  }
}
