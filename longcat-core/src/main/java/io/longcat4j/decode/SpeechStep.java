package io.longcat4j.decode;

import java.util.List;

/**
 * One step of generation with speech.
 *
 * @param textId the text id, or {@link #NONE} in a step that only speaks
 * @param audioIds what the audio heads chose, semantic first; {@link #NONE} where dropped
 * @param speaking whether the step was taken in the state that only speaks
 */
public record SpeechStep(int textId, List<Integer> audioIds, boolean speaking) {
  /** Stands for no id. */
  public static final int NONE = -1;

  /** Copies the components. */
  public SpeechStep {
    audioIds = List.copyOf(audioIds);
  }
}
