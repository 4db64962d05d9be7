package io.longcat4j.quantize;

import io.longcat4j.LoadingListener;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Tensor;
import io.longcat4j.model.Batch;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.Sharing;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** The logits of a language model at every position of some prompts, one row at a time. */
final class PromptLogits implements AutoCloseable {
  /** Rows of logits are long: few at once. */
  private static final int ROWS_AT_ONCE = 64;

  private final LanguageModel model;

  PromptLogits(Checkpoint checkpoint, ComputeBackend backend) {
    this.model =
        LanguageModel.load(
            checkpoint.model(),
            checkpoint.weights(),
            backend,
            Sharing.none(),
            LoadingListener.silent());
  }

  void forEach(List<int[]> prompts, Consumer<float[]> row) {
    for (int[] ids : prompts) {
      try (PagedCache cache = model.allocateCache(ids.length);
          SequenceCache sequence = cache.open(ids.length)) {
        for (int from = 0; from < ids.length; from += ROWS_AT_ONCE) {
          int to = Math.min(ids.length, from + ROWS_AT_ONCE);
          piece(Arrays.copyOfRange(ids, from, to), from, cache, sequence.slots(), row);
        }
      }
    }
  }

  private void piece(
      int[] ids, int position, PagedCache cache, int[] slots, Consumer<float[]> row) {
    ComputeBackend backend = model.backend();
    try (Tensor hidden = backend.allocate(ids.length, model.config().hiddenSize());
        Tensor logits = backend.allocate(ids.length, model.config().vocabSize())) {
      model.addEmbeddings(ids, hidden);
      model.forward(hidden, Batch.of(position, ids.length, slots), cache, null);
      model.head(hidden, logits);
      for (int i = 0; i < ids.length; i++) {
        float[] values = new float[logits.columns()];
        model.stream().read(logits.rows(i, 1), values, 0);
        row.accept(values);
      }
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
