package io.longcat4j.decode;

import io.longcat4j.cache.LatentCache;
import io.longcat4j.compute.Tensor;
import io.longcat4j.model.Batch;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.SpeechHeads;
import org.jspecify.annotations.Nullable;

/**
 * One sequence on its way through the model: its cache and its last hidden state. Not thread-safe;
 * owned and closed by whoever started it.
 */
public final class RunningSequence implements AutoCloseable {
  private final LanguageModel model;
  private final @Nullable SpeechHeads heads;
  private final int topK;
  private final LatentCache cache;
  private final Tensor hidden;
  private final Tensor chained;
  private final Tensor logits;
  private final Tensor textLogits;
  private final Tensor audioLogits;
  private final int[] stepId = new int[1];
  private final ExpertCount experts;
  private int length;

  /**
   * Starts an empty sequence.
   *
   * @param model computes
   * @param heads speak, or null for text alone
   * @param positions upper bound of the length
   * @param topK cached positions each generated token's heads keep; 0 for all
   */
  public RunningSequence(
      LanguageModel model, @Nullable SpeechHeads heads, int positions, int topK) {
    this.model = model;
    this.heads = heads;
    this.topK = topK;
    this.experts = new ExpertCount(model.config().nRoutedExperts());
    this.cache = model.allocateCache(positions);
    this.hidden = model.backend().allocate(1, model.config().hiddenSize());
    this.chained = model.backend().allocate(1, model.config().hiddenSize());
    int textVocab = model.config().vocabSize();
    int audioVocab = heads == null ? 1 : heads.vocabSize();
    this.logits = model.backend().allocate(1, Math.max(textVocab, audioVocab));
    this.textLogits = logits.columns(0, textVocab);
    this.audioLogits = logits.columns(0, audioVocab);
  }

  /**
   * Feeds a prompt, attending to everything.
   *
   * @param prompt its rows, at least one
   * @param cancellation asked between pieces
   */
  public void prefill(PromptRows prompt, Cancellation cancellation) {
    for (int from = 0; from < prompt.rows(); from += LanguageModel.MAX_ROWS) {
      cancellation.check();
      int count = Math.min(LanguageModel.MAX_ROWS, prompt.rows() - from);
      try (Tensor x = model.backend().allocate(count, model.config().hiddenSize())) {
        prompt.fill(from, model, x);
        model.forward(x, Batch.of(length, count, cache.slots()), cache, 0, experts.of(count));
        model.stream().copy(x.rows(count - 1, 1), hidden);
      }
      length += count;
    }
  }

  /**
   * Feeds one generated position.
   *
   * @param textId its token, or a negative number for none
   * @param audioIds what the audio heads chose, negative for none; empty for text alone
   */
  public void step(int textId, int[] audioIds) {
    model.stream().zero(hidden);
    stepId[0] = textId;
    model.addEmbeddings(stepId, hidden);
    if (audioIds.length > 0) {
      speechHeads().addInputs(audioIds, hidden);
    }
    model.forward(hidden, Batch.of(length, 1, cache.slots()), cache, topK, experts.of(1));
    length++;
  }

  /**
   * The text head's logits for the next position.
   *
   * @param into receives one number for each entry of the vocabulary
   */
  public void textLogits(float[] into) {
    model.head(hidden, textLogits);
    model.stream().read(textLogits, into, 0);
  }

  /**
   * An audio head's logits for this position. Heads are asked in order, from 0.
   *
   * @param head its index
   * @param previousId what the head before it chose; ignored for head 0
   * @param into receives one number for each entry of the audio vocabulary
   */
  public void audioLogits(int head, int previousId, float[] into) {
    if (head == 0) {
      model.stream().copy(hidden, chained);
    } else {
      speechHeads().addChosen(head - 1, previousId, chained);
    }
    speechHeads().logits(head, chained, audioLogits);
    model.stream().read(audioLogits, into, 0);
  }

  private SpeechHeads speechHeads() {
    if (heads == null) {
      throw new IllegalStateException("this sequence has no speech heads");
    }
    return heads;
  }

  /**
   * Positions so far.
   *
   * @return at least 0
   */
  public int length() {
    return length;
  }

  /**
   * How many positions still fit.
   *
   * @return at least 0
   */
  public int remaining() {
    return cache.positions() - length;
  }

  /**
   * Real experts computed for each token and layer, prompt included.
   *
   * @return the figures so far
   */
  public ExpertsPerToken expertsPerToken() {
    return experts.figures();
  }

  /** Frees the cache; idempotent. */
  @Override
  public void close() {
    cache.close();
    hidden.close();
    chained.close();
    logits.close();
  }
}
