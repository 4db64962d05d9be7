package io.longcat4j.decode;

import io.longcat4j.FinishReason;
import io.longcat4j.checkpoint.EndOfText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Generates text and speech together. Words and sound run side by side in {@code TEXT_AND_AUDIO}
 * until a pause; then {@code AUDIO_ONLY} finishes saying them, and the next stretch begins.
 */
public final class SpeechLoop {
  /** Penalty on codec ids of the last steps, as in the published decoder. */
  static final double AUDIO_PENALTY = 1.1;

  /** The semantic id that ends a stretch of speech. */
  public static final int SPEECH_END = 2;

  private enum State {
    TEXT_AND_AUDIO,
    AUDIO_ONLY
  }

  /**
   * What was generated.
   *
   * @param steps in order
   * @param finishReason why it ended
   */
  public record Outcome(List<SpeechStep> steps, FinishReason finishReason) {
    /** Copies the components. */
    public Outcome {
      steps = List.copyOf(steps);
    }
  }

  private final RunningSequence sequence;
  private final Sampler sampler;
  private final TextRule rule;
  private final Cancellation cancellation;
  private final EndOfText endOfText;
  private final int pauseId;
  private final float[] textLogits;
  private final float[] audioLogits;
  private final List<RepetitionPenalty> penalties;

  private State state = State.TEXT_AND_AUDIO;
  private int stepInState;
  private FinishReason lastStretch = FinishReason.LENGTH;

  /**
   * Prepares a loop over a prefilled sequence.
   *
   * @param sequence holds the prompt and has speech heads; not closed by the loop
   * @param sampler chooses text ids
   * @param rule finds stop strings
   * @param cancellation asked before every step
   * @param sizes of the vocabularies and heads
   * @param endOfText the text ids that end the reply
   * @param pauseId the text id that ends a stretch
   */
  public SpeechLoop(
      RunningSequence sequence,
      Sampler sampler,
      TextRule rule,
      Cancellation cancellation,
      Sizes sizes,
      EndOfText endOfText,
      int pauseId) {
    this.sequence = sequence;
    this.sampler = sampler;
    this.rule = rule;
    this.cancellation = cancellation;
    this.endOfText = endOfText;
    this.pauseId = pauseId;
    this.textLogits = new float[sizes.textVocab()];
    this.audioLogits = new float[sizes.audioVocab()];
    this.penalties =
        IntStream.range(0, sizes.audioHeads())
            .mapToObj(head -> new RepetitionPenalty(AUDIO_PENALTY))
            .toList();
  }

  /**
   * Sizes of the heads.
   *
   * @param textVocab entries of the text head
   * @param audioVocab entries of each audio head
   * @param audioHeads audio heads, the semantic one included
   */
  public record Sizes(int textVocab, int audioVocab, int audioHeads) {}

  /**
   * Runs to the end.
   *
   * @param maxNewTokens upper bound of the steps
   * @return what was generated
   */
  public Outcome run(int maxNewTokens) {
    List<SpeechStep> steps = new ArrayList<>();
    while (true) {
      cancellation.check();
      boolean speaking = state == State.AUDIO_ONLY;
      int textId = chooseText();
      int[] audioIds = chooseAudio();
      boolean finished = advance(textId, audioIds[0]);
      if (state == State.TEXT_AND_AUDIO && stepInState == 1) {
        Arrays.fill(audioIds, 1, audioIds.length, SpeechStep.NONE);
      }
      int heardText = speaking ? SpeechStep.NONE : textId;
      remember(heardText, audioIds);
      steps.add(new SpeechStep(heardText, boxed(audioIds), speaking));
      if (finished) {
        return new Outcome(steps, lastStretch);
      }
      if (steps.size() == maxNewTokens || sequence.remaining() == 0) {
        return new Outcome(steps, FinishReason.LENGTH);
      }
      sequence.step(nextInputText(textId), audioIds);
    }
  }

  private int chooseText() {
    if (state == State.AUDIO_ONLY) {
      return SpeechStep.NONE;
    }
    sequence.textLogits(textLogits);
    return sampler.sample(textLogits);
  }

  private int[] chooseAudio() {
    int[] ids = new int[penalties.size()];
    for (int head = 0; head < ids.length; head++) {
      sequence.audioLogits(head, head == 0 ? SpeechStep.NONE : ids[head - 1], audioLogits);
      penalties.get(head).apply(audioLogits);
      ids[head] = Greedy.pick(audioLogits);
    }
    return ids;
  }

  /** Moves to the next state; true when the reply is complete. */
  private boolean advance(int textId, int semanticId) {
    stepInState++;
    if (state == State.TEXT_AND_AUDIO) {
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
    if (semanticId != SPEECH_END) {
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

  /** The text is fed while it runs and once more when it has just paused. */
  private int nextInputText(int textId) {
    boolean silent = (state == State.TEXT_AND_AUDIO) == (stepInState == 0);
    return silent ? SpeechStep.NONE : textId;
  }

  private void remember(int textId, int[] audioIds) {
    sampler.remember(textId);
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
}
