package io.longcat4j.cli.verify;

import io.longcat4j.Generation;
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
import io.longcat4j.model.Batch;
import io.longcat4j.model.LanguageModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The language model: layers, router, head and greedy text, dense ({@code llm}). */
final class LanguageModelStage implements Stage {
  private static final String IDS = "llm.input_ids";
  private static final String PICKS = "llm.router_indices";

  private final Target target;

  LanguageModelStage(Target target) {
    this.target = target;
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
    try (LoadedModel loaded = LoadedModel.open(target)) {
      compareLayers(loaded.model(), ids, comparison);
      int expected =
          (int) comparison.golden().tensors().require("llm.greedy_ids").shape().elements();
      comparison.ids("llm.greedy_ids", greedy(loaded.model(), ids, expected));
    }
  }

  private static void compareLayers(LanguageModel model, int[] ids, Comparison comparison) {
    ModelConfig config = model.config();
    LayerRecord layers = new LayerRecord(model, ids.length);
    try (PagedCache cache = model.allocateCache(ids.length);
        SequenceCache sequence = cache.open(ids.length);
        Tensor hidden = model.backend().allocate(ids.length, config.hiddenSize());
        Tensor logits = model.backend().allocate(ids.length, config.vocabSize())) {
      model.addEmbeddings(ids, hidden);
      model.forward(hidden, Batch.of(0, ids.length, sequence.slots()), cache, layers);
      model.head(hidden, logits);
      comparison.ids(PICKS, layers.picks);
      int[] asExpected = layers.layersAsExpected(comparison.expectedIds(PICKS));
      int rows = ids.length;
      int topK = config.moeTopk();
      int width = config.hiddenSize();
      comparison.activations(
          "llm.layer_outputs",
          layers.outputs,
          i -> i / (rows * width) < asExpected[i / width % rows]);
      comparison.activations(
          "llm.router_weights_sorted_by_index",
          layers.weights,
          i -> i / (rows * topK) < asExpected[i / topK % rows]);
      comparison.activations(
          "llm.last_hidden_state",
          read(model, hidden),
          i -> asExpected[i / width] == config.numLayers());
      comparison.activations(
          "llm.logits",
          read(model, logits),
          i -> asExpected[i / config.vocabSize()] == config.numLayers());
    }
  }

  private static float[] read(LanguageModel model, Tensor tensor) {
    float[] values = new float[tensor.rows() * tensor.columns()];
    model.stream().read(tensor, values, 0);
    return values;
  }

  private static int[] greedy(LanguageModel model, int[] ids, int count) {
    List<Integer> chosen = new ArrayList<>();
    TextDecoding decoding =
        new TextDecoding(new Sampler(Generation.text()), id -> false, EndOfText.never(), count);
    try (RunningSequence sequence =
        new RunningSequence(model, null, PromptRows.of(ids), ids.length + count, 0)) {
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

    /** For each row the layers before the first that picked other experts than expected. */
    int[] layersAsExpected(int[] expected) {
      int[] layers = new int[rows];
      if (expected.length != picks.length) {
        return layers;
      }
      int count = picks.length / (rows * topK);
      for (int row = 0; row < rows; row++) {
        while (layers[row] < count && sameAt((layers[row] * rows + row) * topK, expected)) {
          layers[row]++;
        }
      }
      return layers;
    }

    private boolean sameAt(int first, int[] expected) {
      return Arrays.equals(picks, first, first + topK, expected, first, first + topK);
    }

    private int copy(int from, int to, int[] ids, float[] factors) {
      picks[to] = ids[from];
      weights[to] = factors[from];
      return from;
    }
  }
}
