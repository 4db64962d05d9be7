package io.longcat4j.cli.verify;

import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.RunningSequence;
import io.longcat4j.model.LanguageModel;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decoding in which every head keeps the K best positions, after a dense prefill of all but the
 * prompt's last token ({@code topkK}; K is in the name).
 */
final class SparseAttentionStage implements Stage {
  private static final Pattern ENTRY = Pattern.compile("topk(\\d+)\\.(greedy_ids|logits)");
  private static final int[] NO_AUDIO = {};

  private final SharedModel model;

  SparseAttentionStage(SharedModel model) {
    this.model = model;
  }

  @Override
  public String name() {
    return "top-k attention";
  }

  @Override
  public boolean covers(String entry) {
    return ENTRY.matcher(entry).matches();
  }

  @Override
  public void run(Comparison comparison) {
    int[] ids = comparison.inputIds("llm.input_ids");
    LoadedModel loaded = model.get();
    comparison.golden().tensors().names().stream()
        .map(ENTRY::matcher)
        .filter(Matcher::matches)
        .mapToInt(entry -> Integer.parseInt(entry.group(1)))
        .distinct()
        .forEach(topK -> compare(loaded.model(), ids, topK, comparison));
  }

  private static void compare(LanguageModel model, int[] ids, int topK, Comparison comparison) {
    String prefix = "topk" + topK + ".";
    int[] expected = comparison.expectedIds(prefix + "greedy_ids");
    int steps = expected.length;
    int vocabSize = model.config().vocabSize();
    float[] logits = new float[steps * vocabSize];
    int[] picked = new int[steps];
    PromptRows prompt = PromptRows.of(Arrays.copyOf(ids, ids.length - 1));
    try (RunningSequence sequence =
        new RunningSequence(model, null, prompt, ids.length + steps, AttentionPolicy.topK(topK))) {
      sequence.prefill();
      int next = ids[ids.length - 1];
      float[] row = new float[vocabSize];
      for (int step = 0; step < steps; step++) {
        sequence.step(next, NO_AUDIO);
        sequence.textLogits(row);
        System.arraycopy(row, 0, logits, step * vocabSize, vocabSize);
        picked[step] = Logits.largest(row);
        next = expected[step]; // So that a step is not judged by the choice before it.
      }
    }
    comparison.ids(prefix + "greedy_ids", picked);
    comparison.logits(prefix + "logits", logits, vocabSize);
  }

  @Override
  public void close() {
    model.close();
  }
}
