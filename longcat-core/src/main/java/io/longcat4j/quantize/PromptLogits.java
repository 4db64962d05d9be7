package io.longcat4j.quantize;

import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.LatentCache;
import io.longcat4j.model.ModelRunner;
import io.longcat4j.model.Pass;
import io.longcat4j.model.RankedModel;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The logits of a language model at every position of some prompts, one row at a time. */
final class PromptLogits implements AutoCloseable {
  /** Rows of logits are long: few at once. */
  private static final int ROWS_AT_ONCE = 64;

  private final RankedModel ranked;

  /** Owns the model from now on. */
  PromptLogits(RankedModel ranked) {
    this.ranked = ranked;
  }

  void forEach(List<int[]> prompts, Consumer<float[]> row) {
    LanguageModel model = ranked.model();
    int longest = prompts.stream().mapToInt(ids -> ids.length).max().orElse(1);
    try (LatentCache latents = model.allocateCache(longest);
        ModelRunner runner = new ModelRunner(model, null, latents, ROWS_AT_ONCE);
        PagedCache cache = latents.openAccounts()) {
      for (int[] ids : prompts) {
        try (SequenceCache sequence = cache.open(ids.length)) {
          run(runner, sequence, ids, model.config().vocabSize(), row);
        }
      }
    }
  }

  private static void run(
      ModelRunner runner,
      SequenceCache sequence,
      int[] ids,
      int vocabulary,
      Consumer<float[]> row) {
    for (int from = 0; from < ids.length; from += ROWS_AT_ONCE) {
      int to = Math.min(ids.length, from + ROWS_AT_ONCE);
      int[] all = IntStream.range(0, to - from).toArray();
      runner.run(Pass.ofTokens(Arrays.copyOfRange(ids, from, to), from, sequence.table(), all));
      for (int index : all) {
        float[] values = new float[vocabulary];
        runner.textLogits(index, values);
        row.accept(values);
      }
    }
  }

  @Override
  public void close() {
    ranked.close();
  }
}
