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
