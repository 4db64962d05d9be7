package io.longcat4j.quantize;

import io.longcat4j.LoadingListener;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.checkpoint.Checkpoint;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.LatentCache;
import io.longcat4j.model.ModelRunner;
import io.longcat4j.model.Pass;
import io.longcat4j.model.Sharing;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

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
      try (LatentCache latents = model.allocateCache(ids.length);
          ModelRunner runner = new ModelRunner(model, null, latents, ROWS_AT_ONCE);
          PagedCache cache = latents.openAccounts();
          SequenceCache sequence = cache.open(ids.length)) {
        for (int from = 0; from < ids.length; from += ROWS_AT_ONCE) {
          int to = Math.min(ids.length, from + ROWS_AT_ONCE);
          int[] all = IntStream.range(0, to - from).toArray();
          runner.run(Pass.ofTokens(Arrays.copyOfRange(ids, from, to), from, sequence.table(), all));
          for (int index : all) {
            float[] values = new float[model.config().vocabSize()];
            runner.textLogits(index, values);
            row.accept(values);
          }
        }
      }
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
