package io.longcat4j.stream;

import io.longcat4j.CodecFrame;
import io.longcat4j.decode.CodecFrames;
import io.longcat4j.decode.SpeechDecoding;
import io.longcat4j.decode.SpeechStep;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Steps of generation to frames of sound, one by one as {@link CodecFrames} aligns them all: a step
 * completes the frame of the one before it. Not thread-safe.
 */
final class FrameAlignment {
  private @Nullable SpeechStep previous;
  private int textStart;
  private int previousStart;
  private int previousEnd;
  private int unspeakable;

  /**
   * Takes the next step.
   *
   * @param step what was chosen
   * @param lengthBefore characters of text before the step
   * @param lengthAfter characters of text after it
   * @return the frame of the step before, or null where it has none
   */
  @Nullable PlacedFrame add(SpeechStep step, int lengthBefore, int lengthAfter) {
    PlacedFrame frame = previous == null ? null : frame(previous, step);
    if (!step.speaking() && (previous == null || previous.speaking())) {
      textStart = lengthBefore;
    }
    previous = step;
    previousStart = textStart;
    previousEnd = lengthAfter;
    return frame;
  }

  /** Frames left out because an id names no codebook entry. */
  int unspeakable() {
    return unspeakable;
  }

  private @Nullable PlacedFrame frame(SpeechStep first, SpeechStep second) {
    int semantic = first.audioIds().get(0);
    if (semantic == SpeechDecoding.SPEECH_END) {
      return null;
    }
    List<Integer> acoustic = new ArrayList<>();
    for (int id : second.audioIds().subList(1, second.audioIds().size())) {
      acoustic.add(id - CodecFrames.CONTROL_IDS);
    }
    if (semantic < CodecFrames.CONTROL_IDS || acoustic.stream().anyMatch(code -> code < 0)) {
      unspeakable++;
      return null;
    }
    return new PlacedFrame(
        new CodecFrame(semantic - CodecFrames.CONTROL_IDS, acoustic), previousStart, previousEnd);
  }
}
