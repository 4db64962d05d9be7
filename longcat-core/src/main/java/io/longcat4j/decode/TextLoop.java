package io.longcat4j.decode;

import io.longcat4j.FinishReason;
import io.longcat4j.checkpoint.EndOfText;
import java.util.ArrayList;
import java.util.List;

/** Generates text alone, one id a step. */
public final class TextLoop {
  private static final int[] NO_AUDIO = {};

  /**
   * What was generated.
   *
   * @param ids in order, the end-of-text id included where it ended the text
   * @param finishReason why it ended
   */
  public record Outcome(List<Integer> ids, FinishReason finishReason) {
    /** Copies the components. */
    public Outcome {
      ids = List.copyOf(ids);
    }
  }

  private final RunningSequence sequence;
  private final Sampler sampler;
  private final TextRule rule;
  private final Cancellation cancellation;
  private final float[] logits;
  private final EndOfText endOfText;

  /**
   * Prepares a loop over a prefilled sequence.
   *
   * @param sequence holds the prompt; not closed by the loop
   * @param sampler chooses ids
   * @param rule finds stop strings
   * @param cancellation asked before every step
   * @param vocabSize entries of the vocabulary
   * @param endOfText the ids that end the text
   */
  public TextLoop(
      RunningSequence sequence,
      Sampler sampler,
      TextRule rule,
      Cancellation cancellation,
      int vocabSize,
      EndOfText endOfText) {
    this.sequence = sequence;
    this.sampler = sampler;
    this.rule = rule;
    this.cancellation = cancellation;
    this.logits = new float[vocabSize];
    this.endOfText = endOfText;
  }

  /**
   * Runs to the end.
   *
   * @param maxNewTokens upper bound of the ids
   * @return what was generated
   */
  public Outcome run(int maxNewTokens) {
    List<Integer> ids = new ArrayList<>();
    while (true) {
      cancellation.check();
      sequence.textLogits(logits);
      int id = sampler.sample(logits);
      sampler.remember(id);
      ids.add(id);
      if (endOfText.includes(id)) {
        return new Outcome(ids, FinishReason.END);
      }
      if (rule.isStopped(id)) {
        return new Outcome(ids, FinishReason.STOP);
      }
      if (ids.size() == maxNewTokens || sequence.remaining() == 0) {
        return new Outcome(ids, FinishReason.LENGTH);
      }
      sequence.step(id, NO_AUDIO);
    }
  }
}
