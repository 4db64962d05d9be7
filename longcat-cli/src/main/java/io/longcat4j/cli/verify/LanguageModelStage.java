package io.longcat4j.cli.verify;

import io.longcat4j.Generation;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.checkpoint.EndOfText;
import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.compute.Routing;
import io.longcat4j.compute.Tensor;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.RunningSequence;
import io.longcat4j.decode.Sampler;
import io.longcat4j.decode.TextDecoding;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.LatentCache;
import io.longcat4j.model.ModelRunner;
import io.longcat4j.model.Pass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The language model: layers, router, head and greedy text, dense ({@code llm}). */
final class LanguageModelStage implements Stage {
  private static final String IDS = "llm.input_ids";
  private static final String PICKS = "llm.router_indices";
  private static final String WEIGHTS = "llm.router_weights_sorted_by_index";
  private static final String OUTPUTS = "llm.layer_outputs";

  private final SharedModel model;

  LanguageModelStage(SharedModel model) {
    this.model = model;
  }

  @Override
  public String name() {
    return "language model";
  }

  @Override
  public boolean covers(String entry) {
    return entry.startsWith("llm.");
  }

  @Override
  public void run(Comparison comparison) {
    int[] ids = comparison.inputIds(IDS);
    LoadedModel loaded = model.get();
    compareLayers(loaded.model(), ids, comparison);
    int expected = (int) comparison.golden().tensors().require("llm.greedy_ids").shape().elements();
    comparison.ids("llm.greedy_ids", greedy(loaded.model(), ids, expected));
  }

  /**
   * All layers over the prompt. Rounded numerics start each layer from the expected output of the
   * layer before: a near tie of a router that is decided otherwise then changes one position of one
   * layer, which is counted and not compared, and all others are compared.
   */
  private static void compareLayers(LanguageModel model, int[] ids, Comparison comparison) {
    ModelConfig config = model.config();
    int rows = ids.length;
    LayerRecord layers = new LayerRecord(model, rows);
    Optional<float[]> restart = comparison.restart(OUTPUTS);
    try (LatentCache latents = model.allocateCache(rows);
        ModelRunner runner = new ModelRunner(model, null, latents, rows);
        PagedCache cache = latents.openAccounts();
        SequenceCache sequence = cache.open(rows)) {
      int[] all = IntStream.range(0, rows).toArray();
      runner.run(
          Pass.ofTokens(ids, 0, sequence.table(), all),
          (layer, output, routing) -> {
            layers.onLayer(layer, output, routing);
            restart.ifPresent(
                expected ->
                    model.stream().write(expected, layer * output.columns() * rows, output));
          });
      Choices choices = comparison.choices(PICKS, layers.picks, config.moeTopk());
      comparison.activations(OUTPUTS, layers.outputs, choices);
      comparison.activations(WEIGHTS, layers.weights, choices);
      float[] hidden = new float[rows * config.hiddenSize()];
      runner.hidden(hidden);
      comparison.activations("llm.last_hidden_state", hidden);
      comparison.activations("llm.logits", logits(runner, rows));
    }
  }

  private static float[] logits(ModelRunner runner, int rows) {
    float[] row = new float[runner.limits().vocabulary()];
    float[] all = new float[rows * row.length];
    for (int i = 0; i < rows; i++) {
      runner.textLogits(i, row);
      System.arraycopy(row, 0, all, i * row.length, row.length);
    }
    return all;
  }

  private static int[] greedy(LanguageModel model, int[] ids, int count) {
    List<Integer> chosen = new ArrayList<>();
    TextDecoding decoding =
        new TextDecoding(new Sampler(Generation.text()), id -> false, EndOfText.never(), count);
    try (RunningSequence sequence =
        new RunningSequence(
            model, null, PromptRows.of(ids), ids.length + count, AttentionPolicy.dense())) {
      sequence.prefill();
      sequence.generate(decoding, () -> chosen.add(decoding.lastId()));
    }
    return chosen.stream().mapToInt(Integer::intValue).toArray();
  }

  /** What every layer put out, picks sorted by id as in the golden folder. */
  private static final class LayerRecord implements LanguageModel.LayerListener {
    private final LanguageModel model;
    private final int rows;
    private final int topK;
    private final float[] outputs;
    private final int[] picks;
    private final float[] weights;

    LayerRecord(LanguageModel model, int rows) {
      this.model = model;
      this.rows = rows;
      this.topK = model.config().moeTopk();
      int layers = model.config().numLayers();
      this.outputs = new float[layers * rows * model.config().hiddenSize()];
      this.picks = new int[layers * rows * topK];
      this.weights = new float[layers * rows * topK];
    }

    @Override
    public void onLayer(int layer, Tensor output, Routing routing) {
      model.stream().read(output, outputs, layer * rows * output.columns());
      int[] ids = routing.ids(rows);
      float[] factors = routing.weights(rows);
      for (int row = 0; row < rows; row++) {
        int first = row * topK;
        int[] order =
            IntStream.range(first, first + topK)
                .boxed()
                .sorted((a, b) -> Integer.compare(ids[a], ids[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        int into = (layer * rows + row) * topK;
        Arrays.setAll(order, i -> copy(order[i], into + i, ids, factors));
      }
    }

    private int copy(int from, int to, int[] ids, float[] factors) {
      picks[to] = ids[from];
      weights[to] = factors[from];
      return from;
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
