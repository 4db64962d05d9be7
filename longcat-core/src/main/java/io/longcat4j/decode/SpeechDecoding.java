package io.longcat4j.decode;

import io.longcat4j.FinishReason;
import io.longcat4j.checkpoint.EndOfText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Generates text and speech together. Words and sound run side by side in {@code TEXT_AND_AUDIO}
 * until a pause; then {@code AUDIO_ONLY} finishes saying them, and the next stretch begins.
 */
public final class SpeechDecoding implements Decoding {
  /** Penalty on codec ids of the last steps, as in the published decoder. */
  static final double AUDIO_PENALTY = 1.1;

  /** The semantic id that ends a stretch of speech. */
  public static final int SPEECH_END = 2;

  private enum State {
    TEXT_AND_AUDIO,
    AUDIO_ONLY
  }

  private final Sampler sampler;
  private final TextRule rule;
  private final EndOfText endOfText;
  private final int pauseId;
  private final int maxNewTokens;
  private final List<RepetitionPenalty> penalties = new ArrayList<>();
  private final int[] audioIds;

  private State state = State.TEXT_AND_AUDIO;
  private int stepInState;
  private FinishReason lastStretch = FinishReason.LENGTH;
  private int textId = SpeechStep.NONE;
  private int steps;
  private @Nullable SpeechStep last;

  /**
   * Starts a reply.
   *
   * @param sampler chooses text ids
   * @param rule finds stop strings
   * @param endOfText the text ids that end the reply
   * @param pauseId the text id that ends a stretch
   * @param audioHeads audio heads, the semantic one included
   * @param maxNewTokens upper bound of the steps, at least 1
   */
  public SpeechDecoding(
      Sampler sampler,
      TextRule rule,
      EndOfText endOfText,
      int pauseId,
      int audioHeads,
      int maxNewTokens) {
    this.sampler = sampler;
    this.rule = rule;
    this.endOfText = endOfText;
    this.pauseId = pauseId;
    this.maxNewTokens = maxNewTokens;
    this.audioIds = new int[audioHeads];
    for (int head = 0; head < audioHeads; head++) {
      penalties.add(new RepetitionPenalty(AUDIO_PENALTY));
    }
  }

  /**
   * The last step.
   *
   * @return what it chose
   * @throws IllegalStateException before the first
   */
  public SpeechStep lastStep() {
    if (last == null) {
      throw new IllegalStateException("no step has ended yet");
    }
    return last;
  }

  @Override
  public boolean wantsText() {
    return state == State.TEXT_AND_AUDIO;
  }

  @Override
  public int audioHeads() {
    return audioIds.length;
  }

  @Override
  public void chooseText(float[] logits) {
    textId = sampler.sample(logits);
  }

  @Override
  public boolean needsLargestAlone() {
    return sampler.needsLargestAlone();
  }

  @Override
  public void chooseText(int largest) {
    textId = sampler.take(largest);
  }

  @Override
  public int chooseAudio(int head, float[] logits) {
    penalties.get(head).apply(logits);
    audioIds[head] = Greedy.pick(logits);
    return audioIds[head];
  }

  @Override
  public @Nullable FinishReason endStep() {
    boolean speaking = state == State.AUDIO_ONLY;
    boolean finished = speaking ? speak() : write();
    if (state == State.TEXT_AND_AUDIO && stepInState == 1) {
      Arrays.fill(audioIds, 1, audioIds.length, SpeechStep.NONE);
    }
    int heardText = speaking ? SpeechStep.NONE : textId;
    remember(heardText);
    last = new SpeechStep(heardText, boxed(audioIds), speaking);
    steps++;
    if (finished) {
      return lastStretch;
    }
    return steps == maxNewTokens ? FinishReason.LENGTH : null;
  }

  /** Moves on from a step with words; they never end a reply, their sound does. */
  private boolean write() {
    stepInState++;
    if (endOfText.includes(textId)) {
      lastStretch = FinishReason.END;
    } else if (rule.isStopped(textId)) {
      lastStretch = FinishReason.STOP;
    }
    if (textId == pauseId || lastStretch != FinishReason.LENGTH) {
      enter(State.AUDIO_ONLY);
    }
    return false;
  }

  /** Moves on from a step of sound alone; true when the reply is complete. */
  private boolean speak() {
    stepInState++;
    textId = SpeechStep.NONE;
    if (audioIds[0] != SPEECH_END) {
      return false;
    }
    if (lastStretch != FinishReason.LENGTH) {
      return true;
    }
    enter(State.TEXT_AND_AUDIO);
    return false;
  }

  private void enter(State next) {
    state = next;
    stepInState = 0;
  }

  private void remember(int heardText) {
    sampler.remember(heardText);
    for (int head = 0; head < audioIds.length; head++) {
      penalties.get(head).remember(audioIds[head]);
    }
  }

  private static List<Integer> boxed(int[] ids) {
    Integer[] boxed = new Integer[ids.length];
    for (int i = 0; i < ids.length; i++) {
      boxed[i] = ids[i];
    }
    return List.of(boxed);
  }

  @Override
  public int steps() {
    return steps;
  }

  /** The text is fed while it runs and once more when it has just paused; sound alone has none. */
  @Override
  public int nextTextId() {
    return textId;
  }

  @Override
  public int[] nextAudioIds() {
    return audioIds;
  }
}
