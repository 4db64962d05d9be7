package io.longcat4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.decode.SpeechStep;
import io.longcat4j.stream.FrameLength;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeardReplyTest {
  private static final int END_OF_TEXT = 2;
  private static final String TEXT = "Yes. Wait, I look.";
  private static final double FRAME_SECONDS = 0.06;

  /**
   * A step a character, then three of a call, the end, and sound until there is one frame a step.
   */
  private static Recording reply() {
    Recording recording = new Recording();
    for (int i = 1; i <= TEXT.length(); i++) {
      recording.add(step(100 + i, false), i, 0);
    }
    recording.add(step(7, false), TEXT.length(), 0);
    recording.add(step(8, false), TEXT.length(), 0);
    recording.add(step(9, false), TEXT.length(), 1);
    recording.add(step(END_OF_TEXT, false), TEXT.length(), 1);
    recording.add(step(SpeechStep.NONE, true), TEXT.length(), 1);
    recording.add(step(SpeechStep.NONE, true), TEXT.length(), 1);
    recording.end(TEXT, 1, frameLength());
    return recording;
  }

  private static FrameLength frameLength() {
    FrameLength length = new FrameLength();
    length.set(FRAME_SECONDS);
    return length;
  }

  private static SpeechStep step(int textId, boolean speaking) {
    return new SpeechStep(textId, List.of(5, 6), speaking);
  }

  private static List<Recording.Step> heard(Recording reply, double seconds) {
    return new HeardReply(reply, END_OF_TEXT).steps(seconds);
  }

  private static String words(List<Recording.Step> steps) {
    return TEXT.substring(0, steps.isEmpty() ? 0 : steps.get(steps.size() - 1).textLength());
  }

  @Test
  void a_reply_that_was_heard_keeps_its_call() {
    Recording reply = reply();
    List<Recording.Step> kept = heard(reply, reply.steps().size() * FRAME_SECONDS);
    assertThat(kept).isEqualTo(reply.steps());
    assertThat(reply.toolCalls(kept)).isEqualTo(1);
  }

  @Test
  void words_end_at_the_mark_before_and_a_call_behind_them_is_cut_off() {
    Recording reply = reply();
    for (int frames = 1; frames < reply.steps().size(); frames++) {
      List<Recording.Step> kept = heard(reply, frames * FRAME_SECONDS);
      assertThat(words(kept)).isIn("", "Yes.", "Yes. Wait,");
      assertThat(kept.stream().map(Recording.Step::textId)).doesNotContain(7, 8, 9);
      assertThat(reply.toolCalls(kept)).isZero();
    }
  }

  @Test
  void a_call_before_the_cut_is_kept() {
    Recording reply = new Recording();
    reply.add(step(7, false), 0, 1);
    for (int i = 1; i <= TEXT.length(); i++) {
      reply.add(step(100 + i, false), i, 1);
    }
    reply.end(TEXT, 1, frameLength());
    List<Recording.Step> kept = heard(reply, 10 * FRAME_SECONDS);
    assertThat(words(kept)).isEqualTo("Yes.");
    assertThat(kept.get(0).textId()).isEqualTo(7);
    assertThat(reply.toolCalls(kept)).isEqualTo(1);
  }

  @Test
  void the_first_sound_may_come_when_the_model_has_ended() {
    FrameLength length = new FrameLength();
    Recording reply = new Recording();
    reply.add(step(101, false), 1, 0);
    reply.end(TEXT.substring(0, 1), 0, length);
    assertThat(heard(reply, 1e9)).isEmpty();
    length.set(FRAME_SECONDS);
    assertThat(heard(reply, 1e9)).isEqualTo(reply.steps());
  }

  @Test
  void nothing_heard_keeps_nothing() {
    Recording reply = reply();
    assertThat(heard(reply, 0)).isEmpty();
    assertThat(reply.toolCalls(List.of())).isZero();
  }
}
