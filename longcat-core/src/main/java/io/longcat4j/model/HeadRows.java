package io.longcat4j.model;

import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Integers;
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
  private final Integers largest;
  private int rows;
  private boolean isRead;

  HeadRows(LanguageModel model, int most, int vocabulary) {
    ComputeBackend backend = model.backend();
    this.model = model;
    this.hidden = new RowViews(backend, most, model.config().hiddenSize());
    this.logits = new RowViews(backend, most, vocabulary);
    this.readout = backend.allocateReadout(most, vocabulary);
    this.largest = backend.allocateIntegers(most);
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
      model.stream().largest(logits.first(rows), largest);
    }
  }

  /** Copies rows and applies a head to them. */
  void apply(int[] chosen, RowViews from, Head head) {
    gather(chosen, from);
    apply(head);
  }

  /** Where the largest logit of a row is; see {@link io.longcat4j.compute.Stream#largest}. */
  int largest(int index) {
    requireRow(index);
    return largest.get(index);
  }

  void read(int index, float[] into) {
    requireRow(index);
    if (!isRead) {
      model.stream().read(logits.first(rows), readout);
      isRead = true;
    }
    readout.row(index, into);
  }

  private void requireRow(int index) {
    if (index < 0 || index >= rows) {
      throw new IllegalArgumentException("the heads saw " + rows + " rows, not row " + index);
    }
  }

  @Override
  public void close() {
    largest.close();
    hidden.close();
    logits.close();
    readout.close();
  }
}
