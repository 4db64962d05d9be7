package io.longcat4j.model;

import io.longcat4j.checkpoint.ModelConfig;
import io.longcat4j.checkpoint.TensorSource;
import io.longcat4j.compute.ComputeBackend;
import io.longcat4j.compute.Stream;
import io.longcat4j.compute.Tensor;
import io.longcat4j.compute.Weight;
import java.util.ArrayList;
import java.util.List;

/**
 * The heads that speak: one for the semantic codebook, one for each acoustic codebook, in a chain
 * in which every head sees what the heads before it chose (LongCat-Flash-Omni report, section 2.3).
 * Only the first rank has them; the others have what speech is fed by. Used in the order of the
 * model's stream.
 */
public final class SpeechHeads {
  private final Stream stream;
  private final List<Weight> outputs = new ArrayList<>();
  private final List<Weight> chain = new ArrayList<>();
  private final List<Weight> inputs = new ArrayList<>();
  private final int vocabSize;

  /**
   * Takes in the weights.
   *
   * @param model whose hidden states are read and whose inputs are fed
   * @param outputLayers {@code audio_output_layers.pt}
   * @param embeddings {@code audio_embeddings.pt}
   * @throws io.longcat4j.CheckpointException if a tensor is missing or has another shape
   */
  public SpeechHeads(LanguageModel model, TensorSource outputLayers, TensorSource embeddings) {
    ModelConfig config = model.config();
    ComputeBackend backend = model.backend();
    this.stream = model.stream();
    this.vocabSize = config.audioVocabSize();
    for (int i = 0; i < config.audioHeadNum(); i++) {
      inputs.add(load(backend, embeddings, "audio_embeddings." + i, config));
    }
    for (int i = 0; i < config.audioHeadNum() && model.isOnFirstRank(); i++) {
      outputs.add(load(backend, outputLayers, "audio_output_layers." + i, config));
      if (i + 1 < config.audioHeadNum()) {
        chain.add(load(backend, outputLayers, "embedding." + i, config));
      }
    }
  }

  private static Weight load(
      ComputeBackend backend, TensorSource source, String prefix, ModelConfig config) {
    return backend.load(
        source.require(prefix + ".weight", config.audioVocabSize(), config.hiddenSize()));
  }

  /**
   * How many heads, the semantic one first.
   *
   * @return at least 1
   */
  public int count() {
    return inputs.size();
  }

  /**
   * Entries of each head.
   *
   * @return the audio vocabulary's size
   */
  public int vocabSize() {
    return vocabSize;
  }

  /**
   * Applies a head.
   *
   * @param head its index
   * @param chained hidden states plus {@link #addChosen} of all earlier heads, {@code [rows,
   *     hidden]}
   * @param logits {@code [rows, vocab]}
   */
  void logits(int head, Tensor chained, Tensor logits) {
    stream.linear(outputs.get(head), null, chained, logits);
  }

  /**
   * Shows a head's choices to the heads after it.
   *
   * @param head its index, not the last
   * @param ids what it chose, one for each row
   * @param chained receives the choices' embeddings, {@code [rows, hidden]}
   */
  void addChosen(int head, int[] ids, Tensor chained) {
    stream.addEmbeddings(chain.get(head), ids, chained);
  }

  /**
   * Feeds a head's choices into the inputs of the next step.
   *
   * @param head its index
   * @param ids one for each row; negative ones add nothing
   * @param input {@code [rows, hidden]}
   */
  void addInputs(int head, int[] ids, Tensor input) {
    stream.addEmbeddings(inputs.get(head), ids, input);
  }
}
