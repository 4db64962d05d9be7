package io.longcat4j.decode;

import io.longcat4j.FinishReason;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.cache.PagedCache;
import io.longcat4j.cache.SequenceCache;
import io.longcat4j.model.AudioHead;
import io.longcat4j.model.CacheIndexing;
import io.longcat4j.model.LanguageModel;
import io.longcat4j.model.LatentCache;
import io.longcat4j.model.ModelRunner;
import io.longcat4j.model.SpeechHeads;
import org.jspecify.annotations.Nullable;

/**
 * One sequence alone on its way through the model, step by step: for verification and measurements.
 * Not thread-safe; owned and closed by whoever started it.
 */
public final class RunningSequence implements AutoCloseable {
  private static final int[] NO_CHOICES = {};

  private final int positions;
  private final SequenceRows rows;
  private final LatentCache latents;
  private final PagedCache cache;
  private final SequenceCache sequence;
  private final ModelRunner runner;
  private final StepInput input;
  private final float[] textNumbers;
  private final float[] audioNumbers;
  private final ExpertCount experts;

  /**
   * Starts a sequence.
   *
   * @param model computes
   * @param heads speak, or null for text alone
   * @param prompt its first rows, fed by {@link #prefill}
   * @param positions upper bound of the length
   * @param policy what each generated token's heads look at
   */
  public RunningSequence(
      LanguageModel model,
      @Nullable SpeechHeads heads,
      PromptRows prompt,
      int positions,
      AttentionPolicy policy) {
    this.positions = positions;
    this.rows = new SequenceRows(prompt, policy);
    this.experts = new ExpertCount();
    this.latents = model.allocateCache(positions, CacheIndexing.of(policy));
    this.cache = latents.openAccounts();
    this.sequence = cache.open();
    this.runner = new ModelRunner(model, heads, latents, 1);
    this.input = new StepInput(runner);
    this.textNumbers = new float[model.config().vocabSize()];
    this.audioNumbers = new float[heads == null ? 0 : heads.vocabSize()];
  }

  /** Feeds the prompt. */
  public void prefill() {
    feed(runner.limits().rows(), /* text= */ true);
  }

  /** Feeds what has not been fed yet, and applies the text head to the last row if asked. */
  private void feed(int most, boolean text) {
    while (sequence.length() < rows.size()) {
      int from = sequence.length();
      int count = Math.min(most, rows.size() - from);
      if (from + count > positions || !sequence.append(count)) {
        throw new IllegalStateException("the sequence is longer than " + positions + " positions");
      }
      input.clear();
      input.add(rows, sequence, from, count, experts);
      if (from + count == rows.size()) {
        ask(from + count - 1, text);
      }
      input.run(cache.takeCopies());
    }
  }

  private void ask(int last, boolean text) {
    if (text) {
      input.wantText(last);
    }
    if (runner.limits().audioHeads() > 0) {
      input.wantAudio(last);
    }
  }

  /**
   * Feeds one generated position.
   *
   * @param textId its token, or a negative number for none
   * @param audioIds what the audio heads chose, negative for none; empty for text alone
   */
  public void step(int textId, int[] audioIds) {
    step(textId, audioIds, /* text= */ true);
  }

  private void step(int textId, int[] audioIds, boolean text) {
    rows.append(textId, audioIds);
    feed(1, text);
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
      step(decoding.nextTextId(), decoding.nextAudioIds(), decoding.wantsText());
    }
    if (decoding.wantsText()) {
      chooseText(decoding);
    }
    int previous = SpeechStep.NONE;
    for (int head = 0; head < decoding.audioHeads(); head++) {
      audioLogits(head, previous, audioNumbers);
      previous = decoding.chooseAudio(head, audioNumbers);
    }
    return decoding.endStep();
  }

  private void chooseText(Decoding decoding) {
    if (decoding.needsLargestAlone()) {
      decoding.chooseText(runner.largestText(0));
    } else {
      textLogits(textNumbers);
      decoding.chooseText(textNumbers);
    }
  }

  /**
   * The text head's logits for the next position.
   *
   * @param into receives one number for each entry of the vocabulary
   */
  public void textLogits(float[] into) {
    runner.textLogits(0, into);
  }

  /**
   * An audio head's logits for this position. Heads are asked in order, from 0.
   *
   * @param head its index
   * @param previousId what the head before it chose; ignored for head 0
   * @param into receives one number for each entry of the audio vocabulary
   */
  public void audioLogits(int head, int previousId, float[] into) {
    runner.run(new AudioHead(head, head == 0 ? NO_CHOICES : new int[] {previousId}));
    runner.audioLogits(0, into);
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
    cache.close();
    runner.close();
    latents.close();
  }
}
