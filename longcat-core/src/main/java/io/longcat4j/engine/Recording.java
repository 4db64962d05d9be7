package io.longcat4j.engine;

import io.longcat4j.GenerationCancelledException;
import io.longcat4j.attention.AttentionPolicy;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.decode.SequenceRows;
import io.longcat4j.decode.SpeechStep;
import io.longcat4j.stream.FrameLength;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * What the model was fed and wrote in one reply of a conversation. Written by the scheduler's
 * thread until the end, read by the conversation's after {@link #await}.
 */
final class Recording {

  /**
   * A step.
   *
   * @param textId what was written, or {@link SpeechStep#NONE}
   * @param audioIds what was chosen as sound; empty for text alone
   * @param speaking whether words had paused
   * @param textLength characters of the reply after it
   * @param toolCalls of the reply after it
   */
  record Step(int textId, int[] audioIds, boolean speaking, int textLength, int toolCalls) {}

  private static final int[] SILENT = {};

  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<Step> steps = new ArrayList<>();
  private String text = "";
  private int toolCalls;
  private FrameLength frameLength = new FrameLength();

  void add(int textId, int textLength, int calls) {
    steps.add(new Step(textId, SILENT, false, textLength, calls));
  }

  void add(SpeechStep step, int textLength, int calls) {
    int[] audio = step.audioIds().stream().mapToInt(Integer::intValue).toArray();
    steps.add(new Step(step.textId(), audio, step.speaking(), textLength, calls));
  }

  void end(String words, int calls, FrameLength lengthOfFrame) {
    text = words;
    toolCalls = calls;
    frameLength = lengthOfFrame;
    ended.countDown();
  }

  boolean isEnded() {
    return ended.getCount() == 0;
  }

  /** Waits for the scheduler to let go of the reply, one step at most after it was cancelled. */
  void await() {
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GenerationCancelledException(
          "The thread was interrupted while it waited for the last reply to end", e);
    }
  }

  List<Step> steps() {
    return steps;
  }

  String text() {
    return text;
  }

  /** Its words in those of its steps that are kept. */
  String text(List<Step> kept) {
    if (kept.size() == steps.size()) {
      return text;
    }
    return kept.isEmpty() ? "" : text.substring(0, kept.get(kept.size() - 1).textLength());
  }

  /** How many tools it called in those of its steps that are kept. */
  int toolCalls(List<Step> kept) {
    if (kept.size() == steps.size()) {
      return toolCalls;
    }
    return kept.isEmpty() ? 0 : kept.get(kept.size() - 1).toolCalls();
  }

  /** How long a frame sounds; 0 as long as no sound was made. */
  double frameSeconds() {
    return frameLength.seconds();
  }

  /** A question and the steps that followed it. */
  static PromptRows rows(PromptRows question, List<Step> steps, AttentionPolicy policy) {
    SequenceRows rows = new SequenceRows(question, policy);
    for (Step step : steps) {
      rows.append(step.textId(), step.audioIds());
    }
    return rows.snapshot();
  }
}
