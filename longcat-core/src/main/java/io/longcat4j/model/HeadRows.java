package io.longcat4j.model;

import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Readout;
import io.longcat4j.compute.Tensor;

/**
 * The hidden states that a head sees and the logits it makes of them, which the host reads at once
 * when it asks for the first of them. Owned by {@link ModelRunner}.
 */
final class HeadRows implements AutoCloseable {
  private final LanguageModel model;
  private final RowViews hidden;
  private final RowViews logits;
  private final Readout readout;
  private int rows;
  private boolean isRead;

  HeadRows(LanguageModel model, int most, int vocabulary) {
    ComputeBackend backend = model.backend();
    this.model = model;
    this.hidden = new RowViews(backend, most, model.config().hiddenSize());
    this.logits = new RowViews(backend, most, vocabulary);
    this.readout = backend.allocateReadout(most, vocabulary);
  }

  /** A head over rows of hidden states. */
  interface Head {
    void apply(Tensor hidden, Tensor logits);
  }

  /** Forgets what was read. */
  void clear() {
    rows = 0;
  }

  /** Copies rows. */
  void gather(int[] chosen, RowViews from) {
    rows = chosen.length;
    for (int i = 0; i < rows; i++) {
      model.stream().copy(from.row(chosen[i]), hidden.row(i));
    }
  }

  /** The rows that were gathered. */
  Tensor hidden() {
    return hidden.first(rows);
  }

  /** Applies a head to the rows that were gathered. */
  void apply(Head head) {
    isRead = false;
    if (rows > 0) {
      head.apply(hidden.first(rows), logits.first(rows));
    }
  }

  /** Copies rows and applies a head to them. */
  void apply(int[] chosen, RowViews from, Head head) {
    gather(chosen, from);
    apply(head);
  }

  void read(int index, float[] into) {
    if (index < 0 || index >= rows) {
      throw new IllegalArgumentException("the heads saw " + rows + " rows, not row " + index);
    }
    if (!isRead) {
      model.stream().read(logits.first(rows), readout);
      isRead = true;
    }
    readout.row(index, into);
  }

  @Override
  public void close() {
    hidden.close();
    logits.close();
    readout.close();
  }
}
