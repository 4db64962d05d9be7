package io.longcat4j.decode;

import io.longcat4j.FinishReason;
import org.jspecify.annotations.Nullable;

/**
 * How one sequence goes on: takes the logits of a step, chooses, and says what the next position is
 * fed. It knows nothing of the model or of other sequences. In every step come {@link #chooseText}
 * if it is wanted, {@link #chooseAudio} for every head in order, then {@link #endStep}. Used by one
 * thread at a time.
 */
public sealed interface Decoding permits TextDecoding, SpeechDecoding {
  /**
   * Whether the next step needs the text head.
   *
   * @return false while only sound is generated
   */
  boolean wantsText();

  /**
   * How many audio heads the steps need.
   *
   * @return 0 for text alone
   */
  int audioHeads();

  /**
   * Chooses the step's text id.
   *
   * @param logits of the whole vocabulary; may be changed
   * @throws io.longcat4j.BackendException if they are no numbers
   */
  void chooseText(float[] logits);

  /**
   * Whether the text id needs no more of the logits than where the largest is.
   *
   * @return true where {@link #chooseText(int)} may be called instead of {@link
   *     #chooseText(float[])}, in every step
   */
  boolean needsLargestAlone();

  /**
   * Chooses the step's text id.
   *
   * @param largest the id of the largest logit, of equal ones the lowest, or {@code -1 - id} of the
   *     first that is not a number
   * @throws io.longcat4j.BackendException if one is not
   */
  void chooseText(int largest);

  /**
   * Chooses an audio head's id.
   *
   * @param head its index
   * @param logits of the whole audio vocabulary; may be changed
   * @return the id, which the heads after it shall see
   * @throws io.longcat4j.BackendException if they are no numbers
   */
  int chooseAudio(int head, float[] logits);

  /**
   * Ends the step.
   *
   * @return why the whole reply ends, or null to feed the next position
   */
  @Nullable FinishReason endStep();

  /**
   * Steps that have ended.
   *
   * @return at least 0
   */
  int steps();

  /**
   * The token that the next position is fed.
   *
   * @return its id, or {@link SpeechStep#NONE}
   */
  int nextTextId();

  /**
   * The audio ids that the next position is fed.
   *
   * @return one for each audio head, {@link SpeechStep#NONE} for none; valid until the next choice,
   *     not to be changed
   */
  int[] nextAudioIds();
}
