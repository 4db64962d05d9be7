package io.longcat4j.decode;

import io.longcat4j.CodecFrame;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps of generation to frames of sound: acoustic ids run one step behind the semantic one.
 *
 * @param raw what the heads chose for each frame, semantic first, as in the reference's output
 * @param frames codebook indices of the frames that can be heard
 * @param unspeakable frames left out because an id is a control id and names no codebook entry
 */
public record CodecFrames(List<List<Integer>> raw, List<CodecFrame> frames, int unspeakable) {
  /** Ids below this are control ids; a codebook index is an id less this. */
  public static final int CONTROL_IDS = 32;

  /** Copies the components. */
  public CodecFrames {
    raw = List.copyOf(raw);
    frames = List.copyOf(frames);
  }

  /**
   * Aligns the steps.
   *
   * @param steps in order
   * @return the frames; the last step only completes the one before it
   */
  public static CodecFrames of(List<SpeechStep> steps) {
    List<List<Integer>> raw = new ArrayList<>();
    List<CodecFrame> frames = new ArrayList<>();
    int unspeakable = 0;
    for (int i = 0; i + 1 < steps.size(); i++) {
      int semantic = steps.get(i).audioIds().get(0);
      if (semantic == SpeechDecoding.SPEECH_END) {
        continue;
      }
      List<Integer> next = steps.get(i + 1).audioIds();
      List<Integer> ids = new ArrayList<>(next);
      ids.set(0, semantic);
      raw.add(List.copyOf(ids));
      if (ids.stream().allMatch(id -> id >= CONTROL_IDS)) {
        List<Integer> acoustic =
            ids.subList(1, ids.size()).stream().map(id -> id - CONTROL_IDS).toList();
        frames.add(new CodecFrame(semantic - CONTROL_IDS, acoustic));
      } else {
        unspeakable++;
      }
    }
    return new CodecFrames(raw, frames, unspeakable);
  }
}
