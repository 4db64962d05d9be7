package io.longcat4j.decode;

import io.longcat4j.FinishReason;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.compute.Tensor;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.SpeechHeads;
import org.jspecify.annotations.Nullable;

/**
 * One sequence alone on its way through the model, step by step: for verification and measurements.
 * Not thread-safe; owned and closed by whoever started it.
 */
public final class RunningSequence implements AutoCloseable {
  private final LanguageModel model;
  private final @Nullable SpeechHeads heads;
  private final int positions;
  private final SequenceRows rows;
  private final PagedCache cache;
  private final SequenceCache sequence;
  private final StepInput input;
  private final Tensor chained;
  private final Tensor logits;
  private final Tensor textLogits;
  private final Tensor audioLogits;
  private final float[] textNumbers;
  private final float[] audioNumbers;
  private final int[] chosen = new int[1];
  private final ExpertCount experts;

  /**
   * Starts a sequence.
   *
   * @param model computes
   * @param heads speak, or null for text alone
   * @param prompt its first rows, fed by {@link #prefill}
   * @param positions upper bound of the length
   * @param topK cached positions each generated token's heads keep; 0 for all
   */
  public RunningSequence(
      LanguageModel model,
      @Nullable SpeechHeads heads,
      PromptRows prompt,
      int positions,
      int topK) {
    this.model = model;
    this.heads = heads;
    this.positions = positions;
    this.rows = new SequenceRows(prompt, topK);
    this.experts = new ExpertCount(model.config().nRoutedExperts());
    this.cache = model.allocateCache(positions);
    this.sequence = cache.open();
    this.input = new StepInput(model, heads, topK);
    this.chained = model.backend().allocate(1, model.config().hiddenSize());
    int textVocab = model.config().vocabSize();
    int audioVocab = heads == null ? 1 : heads.vocabSize();
    this.logits = model.backend().allocate(1, Math.max(textVocab, audioVocab));
    this.textLogits = logits.columns(0, textVocab);
    this.audioLogits = logits.columns(0, audioVocab);
    this.textNumbers = new float[textVocab];
    this.audioNumbers = new float[audioVocab];
  }

  /** Feeds the prompt. */
  public void prefill() {
    feed(LanguageModel.MAX_ROWS);
  }

  /**
   * Feeds what has not been fed yet.
   *
   * @param most rows of a pass
   */
  void feed(int most) {
    while (sequence.length() < rows.size()) {
      int from = sequence.length();
      int count = rows.alike(from, most);
      if (from + count > positions || !sequence.append(count)) {
        throw new IllegalStateException("the sequence is longer than " + positions + " positions");
      }
      input.clear();
      input.add(rows, sequence, from, count, experts);
      input.run(cache);
    }
  }

  /**
   * Feeds one generated position.
   *
   * @param textId its token, or a negative number for none
   * @param audioIds what the audio heads chose, negative for none; empty for text alone
   */
  public void step(int textId, int[] audioIds) {
    rows.append(textId, audioIds);
    feed(1);
  }

  /** What {@link #generate} calls after every step. */
  @FunctionalInterface
  public interface StepListener {
    /** A step has ended; the decoding says what it chose. */
    void onStep();
  }

  /**
   * Generates to the end.
   *
   * @param decoding chooses
   * @param listener hears of every step
   * @return why it ended
   */
  public FinishReason generate(Decoding decoding, StepListener listener) {
    FinishReason reason = null;
    while (reason == null) {
      reason = advance(decoding);
      listener.onStep();
    }
    return reason;
  }

  /** One step: feeds what the last one chose, and chooses again. */
  @Nullable FinishReason advance(Decoding decoding) {
    if (decoding.steps() > 0) {
      step(decoding.nextTextId(), decoding.nextAudioIds());
    }
    if (decoding.wantsText()) {
      textLogits(textNumbers);
      decoding.chooseText(textNumbers);
    }
    int previous = SpeechStep.NONE;
    for (int head = 0; head < decoding.audioHeads(); head++) {
      audioLogits(head, previous, audioNumbers);
      previous = decoding.chooseAudio(head, audioNumbers);
    }
    return decoding.endStep();
  }

  /**
   * The text head's logits for the next position.
   *
   * @param into receives one number for each entry of the vocabulary
   */
  public void textLogits(float[] into) {
    model.head(lastHidden(), textLogits);
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
    if (heads == null) {
      throw new IllegalStateException("this sequence has no speech heads");
    }
    if (head == 0) {
      model.stream().copy(lastHidden(), chained);
    } else {
      chosen[0] = previousId;
      heads.addChosen(head - 1, chosen, chained);
    }
    heads.logits(head, chained, audioLogits);
    model.stream().read(audioLogits, into, 0);
  }

  private Tensor lastHidden() {
    return input.hidden(0, sequence.length() - 1);
  }

  /**
   * Positions so far.
   *
   * @return at least 0
   */
  public int length() {
    return sequence.length();
  }

  /**
   * How many positions still fit.
   *
   * @return at least 0
   */
  public int remaining() {
    return positions - sequence.length();
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
    sequence.close();
    input.close();
    cache.close();
    chained.close();
    logits.close();
  }
}
