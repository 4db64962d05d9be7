package io.longcat4j.modality;

import io.longcat4j.Samples;

/**
 * A stretch of the sound of an utterance: whole codec frames, so that a sample's place tells the
 * frame, and the frame the text, that it belongs to. Immutable.
 *
 * @param firstFrame index of the first frame it sounds, from 0 for the first of the utterance
 * @param frames how many frames it sounds, at least 1
 * @param samples their sound, equally many samples for each frame
 */
public record SpeechChunk(long firstFrame, int frames, Samples samples) {
  /** Checks the components. */
  public SpeechChunk {
    if (firstFrame < 0 || frames < 1) {
      throw new IllegalArgumentException(
          frames + " frames from " + firstFrame + " on are no stretch of an utterance");
    }
  }
}
