package io.longcat4j.decode;

import io.longcat4j.FinishReason;
import io.longcat4j.checkpoint.EndOfText;
import org.jspecify.annotations.Nullable;

/** Generates text alone, one id a step. */
public final class TextDecoding implements Decoding {
  private static final int[] NO_AUDIO = {};

  private final Sampler sampler;
  private final TextRule rule;
  private final EndOfText endOfText;
  private final int maxNewTokens;
  private int steps;
  private int id = SpeechStep.NONE;

  /**
   * Starts a reply.
   *
   * @param sampler chooses ids
   * @param rule finds stop strings
   * @param endOfText the ids that end the text
   * @param maxNewTokens upper bound of the ids, at least 1
   */
  public TextDecoding(Sampler sampler, TextRule rule, EndOfText endOfText, int maxNewTokens) {
    this.sampler = sampler;
    this.rule = rule;
    this.endOfText = endOfText;
    this.maxNewTokens = maxNewTokens;
  }

  /**
   * What the last step chose.
   *
   * @return the id; an end-of-text id where that ended the text
   */
  public int lastId() {
    return id;
  }

  @Override
  public boolean wantsText() {
    return true;
  }

  @Override
  public int audioHeads() {
    return 0;
  }

  @Override
  public void chooseText(float[] logits) {
    id = sampler.sample(logits);
  }

  @Override
  public boolean needsLargestAlone() {
    return sampler.needsLargestAlone();
  }

  @Override
  public void chooseText(int largest) {
    id = sampler.take(largest);
  }

  @Override
  public int chooseAudio(int head, float[] logits) {
    throw new IllegalStateException("text alone has no audio heads");
  }

  @Override
  public @Nullable FinishReason endStep() {
    sampler.remember(id);
    steps++;
    if (endOfText.includes(id)) {
      return FinishReason.END;
    }
    if (rule.isStopped(id)) {
      return FinishReason.STOP;
    }
    return steps == maxNewTokens ? FinishReason.LENGTH : null;
  }

  @Override
  public int steps() {
    return steps;
  }

  @Override
  public int nextTextId() {
    return id;
  }

  @Override
  public int[] nextAudioIds() {
    return NO_AUDIO;
  }
}
