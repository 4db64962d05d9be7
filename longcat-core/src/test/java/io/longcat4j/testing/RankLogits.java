package io.longcat4j.testing;

import io.longcat4j.model.Draft;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.LatentCache;
import io.longcat4j.model.ModelRunner;
import io.longcat4j.model.Pass;
import io.longcat4j.model.RankedModel;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/** What ranks compute together, by logits of every row. */
public final class RankLogits {
  private RankLogits() {}

  /** Some ids below the size of a vocabulary, the same each time. */
  public static int[] ids(int count, int vocabulary) {
    return new Random(3).ints(count, 0, vocabulary).toArray();
  }

  /** Logits of a prompt in two passes, of a draft after the first, if there are drafts. */
  public static float[][] of(RankedModel ranked, int[] ids) {
    LanguageModel model = ranked.model();
    int half = ids.length / 2;
    float[][] all = new float[ids.length + (model.drafts() ? half : 0)][model.config().vocabSize()];
    try (LatentCache latents = model.allocateCache(ids.length + 1);
        ModelRunner runner = new ModelRunner(model, null, latents, LanguageModel.MAX_ROWS);
        var accounts = latents.openAccounts();
        var sequence = accounts.open(ids.length)) {
      int[] first = IntStream.range(0, half).toArray();
      runner.run(Pass.ofTokens(Arrays.copyOf(ids, half), 0, sequence.table(), first));
      for (int i = 0; i < half; i++) {
        runner.textLogits(i, all[i]);
      }
      if (model.drafts()) {
        runner.run(new Draft(Arrays.copyOfRange(ids, 1, half + 1), first));
        for (int i = 0; i < half; i++) {
          runner.textLogits(i, all[ids.length + i]);
        }
      }
      int[] rest = Arrays.copyOfRange(ids, half, ids.length);
      int[] rows = IntStream.range(0, rest.length).toArray();
      runner.run(Pass.ofTokens(rest, half, sequence.table(), rows));
      for (int i = 0; i < rest.length; i++) {
        runner.textLogits(i, all[half + i]);
      }
    }
    return all;
  }
}
