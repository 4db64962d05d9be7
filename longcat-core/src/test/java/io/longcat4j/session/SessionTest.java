package io.longcat4j.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.AudioDelta;
import io.longcat4j.EngineBusyException;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.Interrupted;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.MediaException;
import io.longcat4j.Message;
import io.longcat4j.SessionClosed;
import io.longcat4j.SessionEvent;
import io.longcat4j.SessionOptions;
import io.longcat4j.SoundPaused;
import io.longcat4j.SoundResumed;
import io.longcat4j.SpeechStarted;
import io.longcat4j.SpeechStopped;
import io.longcat4j.Text;
import io.longcat4j.TextDelta;
import io.longcat4j.ToolCall;
import io.longcat4j.TurnDetection;
import io.longcat4j.TurnDone;
import io.longcat4j.TurnStarted;
import io.longcat4j.VideoSampling;
import io.longcat4j.Warning;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions under a clock of their own, with a conversation that writes down what it is told. */
class SessionTest {
  private static final SessionOptions PLAIN =
      SessionOptions.builder().detection(TurnDetection.normal().withoutSpeculation()).build();

  private static Duration millis(long count) {
    return Duration.ofMillis(count);
  }

  private static List<Class<?>> kinds(List<SessionEvent> events) {
    return events.stream().<Class<?>>map(Object::getClass).toList();
  }

  @Test
  void a_turn_is_heard_with_its_padding_and_answered_after_silence() {
    try (Stage stage = new Stage(PLAIN)) {
      stage.silence(1000).speech(1000).silence(580);
      assertThat(stage.read()).containsExactly(new SpeechStarted(millis(1000)));
      assertThat(stage.world.replies).isEmpty();
      stage.silence(20);
      assertThat(stage.read())
          .containsExactly(
              new SpeechStopped(millis(2000), false), new TurnStarted(1, /* speculated= */ false));
      assertThat(stage.reply().question).containsExactly("heard #" + 16 * (300 + 1000 + 300));
      stage.text("Hello").text(" you.").audio(100).done();
      List<SessionEvent> reply = stage.read();
      assertThat(kinds(reply)).containsExactly(TextDelta.class, AudioDelta.class, TurnDone.class);
      assertThat(reply.get(0)).isEqualTo(new TextDelta("Hello you."));
      assertThat(((TurnDone) reply.get(2)).end()).isEqualTo(TurnDone.End.COMPLETE);
    }
  }

  @Test
  void silence_counts_in_samples_and_pieces_need_not_be_windows() {
    try (Stage stage = new Stage(SessionOptions.defaults())) {
      float[] speech = new float[16 * 1007];
      Arrays.fill(speech, Stage.LOUD);
      stage.session.write(speech);
      stage.session.write(new float[16 * 200]);
      assertThat(stage.world.replies).isEmpty();
      stage.session.write(new float[16]);
      // The frame of 4 ms in which speech ends is speech.
      assertThat(stage.reply().question).containsExactly("heard #" + 16 * (1008 + 200));
      stage.session.write(new float[16 * 399]);
      assertThat(kinds(stage.read())).containsExactly(SpeechStarted.class);
      stage.session.write(new float[16]);
      assertThat(stage.read())
          .contains(new SpeechStopped(millis(1008), false), new TurnStarted(1, true));
      stage.session.write(speech);
      stage.session.commit();
      assertThat(stage.reply().question).last().isEqualTo("heard #" + 16 * 1007);
    }
  }

  @Test
  void a_reply_is_begun_before_the_turn_is_over_and_told_only_then() {
    try (Stage stage = new Stage(SessionOptions.defaults())) {
      stage.speech(1000).silence(180);
      assertThat(stage.world.replies).isEmpty();
      stage.silence(20);
      assertThat(stage.reply().question).containsExactly("heard #" + 16 * 1200);
      stage.text("Early").audio(40).silence(380);
      assertThat(kinds(stage.read())).containsExactly(SpeechStarted.class);
      stage.silence(20);
      List<SessionEvent> told = stage.read();
      assertThat(kinds(told))
          .containsExactly(
              SpeechStopped.class, TurnStarted.class, TextDelta.class, AudioDelta.class);
      assertThat(told.get(1)).isEqualTo(new TurnStarted(1, true));
      assertThat(stage.world.replies).hasSize(1);
      assertThat(stage.world.open).isEqualTo(1);
      assertThat(stage.session.statistics().speculationsKept()).isEqualTo(1);
      stage.done();
      assertThat(((TurnDone) stage.read().get(0)).firstAudio()).hasValue(Duration.ZERO);
    }
  }

  @Test
  void where_no_reply_is_begun_early_the_question_is_taken_in_after_half_of_the_silence() {
    try (Stage stage = new Stage(PLAIN)) {
      stage.speech(1000).silence(280);
      assertThat(stage.world.open).isEqualTo(1);
      stage.silence(20);
      assertThat(stage.world.open).isEqualTo(2);
      assertThat(stage.world.prepared).containsExactly(List.of("heard #" + 16 * 1300));
      stage.silence(280);
      assertThat(stage.world.replies).isEmpty();
      stage.silence(20);
      assertThat(stage.world.open).isEqualTo(1);
      assertThat(stage.reply().question).containsExactly("heard #" + 16 * 1300);
      assertThat(stage.session.statistics().speculationsBegun()).isZero();
      stage.text("Well.").done();
      stage.session.say("And?");
      assertThat(stage.reply().question).containsExactly("heard #" + 16 * 1300, "reply 1", "And?");
    }
  }

  @Test
  void what_was_taken_in_for_one_turn_is_not_for_the_next() {
    try (Stage stage = new Stage(PLAIN)) {
      stage.speech(1000).silence(600);
      stage.done();
      stage.speech(420);
      stage.session.commit();
      assertThat(stage.reply().question).last().isEqualTo("heard #" + 16 * 420);
    }
  }

  @Test
  void nothing_is_left_of_what_was_taken_in_too_early() {
    try (Stage stage = new Stage(PLAIN)) {
      stage.speech(1000).silence(400).speech(500);
      assertThat(stage.world.open).isEqualTo(1);
      stage.silence(300);
      assertThat(stage.world.open).isEqualTo(2);
      stage.session.say("And so on.");
      assertThat(stage.world.open).isEqualTo(1);
      assertThat(stage.reply().question)
          .containsExactly("heard #" + 16 * (1000 + 400 + 500 + 300), "And so on.");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_was_begun_or_taken_in_under_other_rules_is_not_asked_for(boolean begun) {
    SessionOptions options = begun ? SessionOptions.defaults() : PLAIN;
    try (Stage stage = new Stage(options)) {
      stage.speech(1000).silence(400);
      stage.session.update(options.toBuilder().respondsItself(false).build());
      assertThat(stage.world.open).isEqualTo(1);
      stage.silence(200);
      stage.session.add(Text.of("more"));
      stage.session.respond();
      assertThat(stage.reply().question).containsExactly("heard #" + 16 * 1600, "more");
    }
  }

  @Test
  void nothing_is_left_of_a_reply_that_was_begun_too_early() {
    try (Stage stage = new Stage(SessionOptions.defaults())) {
      stage.speech(1000).silence(300);
      ScriptedConversation.Reply early = stage.reply();
      stage.text("Too early").audio(40).speech(500);
      assertThat(early.closed).isTrue();
      assertThat(stage.world.open).isEqualTo(1);
      stage.silence(600);
      assertThat(stage.reply()).isNotSameAs(early);
      assertThat(stage.reply().question).containsExactly("heard #" + 16 * (1000 + 300 + 500 + 200));
      stage.text("In time").done();
      assertThat(stage.read())
          .filteredOn(TextDelta.class::isInstance)
          .containsExactly(new TextDelta("In time"));
      assertThat(stage.session.statistics().speculationsBegun()).isEqualTo(2);
      assertThat(stage.session.statistics().speculationsDiscarded()).isEqualTo(1);
    }
  }

  @Test
  void who_speaks_interrupts_and_the_rest_is_neither_told_nor_remembered() {
    try (Stage stage = new Stage(PLAIN)) {
      stage.speech(500).silence(600).text("One. Two. Three.").audio(3000);
      stage.read();
      stage.silence(1000).speech(240);
      assertThat(stage.read()).isEmpty();
      ScriptedConversation.Reply cut = stage.reply();
      stage.speech(20);
      assertThat(stage.read())
          .containsExactly(
              new SpeechStarted(millis(2100)),
              new Interrupted(1, millis(1260), "cut at 1260"),
              new TurnDone(
                  1,
                  TurnDone.End.INTERRUPTED,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(Duration.ZERO),
                  Optional.of(Duration.ZERO)));
      assertThat(cut.closed).isTrue();
      cut.tell(new TextDelta("late"));
      stage.speech(240).silence(600);
      assertThat(kinds(stage.read())).containsExactly(SpeechStopped.class, TurnStarted.class);
      assertThat(stage.reply().question)
          .containsExactly("heard #" + 16 * 800, "cut at 1260", "heard #" + 16 * (300 + 500 + 300));
    }
  }

  @Test
  void sound_that_nobody_read_was_not_heard() {
    try (Stage stage = new Stage(PLAIN)) {
      stage.speech(500).silence(600).text("One. Two.").audio(400);
      stage.read();
      stage.audio(400).silence(2000);
      stage.session.interrupt();
      List<SessionEvent> events = stage.read();
      assertThat(events.get(0)).isEqualTo(new Interrupted(1, millis(400), "cut at 400"));
      assertThat(kinds(events)).doesNotContain(AudioDelta.class);
    }
  }

  @Test
  void what_the_loudspeaker_tells_counts_and_a_reply_that_is_over_can_be_interrupted() {
    try (Stage stage = new Stage(PLAIN)) {
      stage.speech(500).silence(600).text("One. Two.").audio(3000).done();
      stage.read();
      stage.session.played(millis(700));
      stage.session.played(millis(300));
      stage.silence(5000).speech(260);
      assertThat(stage.read())
          .containsExactly(
              new SpeechStarted(millis(6100)), new Interrupted(1, millis(700), "cut at 700"));
      stage.session.truncate(1, millis(200));
      assertThat(stage.read()).containsExactly(new Interrupted(1, millis(200), "cut at 200"));
    }
  }

  @Test
  void a_reply_that_was_heard_is_not_cut() {
    try (Stage stage = new Stage(PLAIN)) {
      stage.speech(500).silence(600).text("One.").audio(1000).done();
      stage.read();
      stage.silence(1000).speech(500);
      assertThat(kinds(stage.read())).containsExactly(SpeechStarted.class);
      stage.session.interrupt();
      assertThat(stage.read()).isEmpty();
    }
  }

  @Test
  void sound_in_pieces_of_any_length_is_heard_to_its_end() {
    try (Stage stage = new Stage(PLAIN)) {
      stage.speech(500).silence(600).text("One.");
      for (int i = 1; i < 30; i++) {
        stage.audio(7 * i + 3);
      }
      stage.done().read();
      stage.session.played(Duration.ofMinutes(1));
      stage.speech(500);
      assertThat(kinds(stage.read())).containsExactly(SpeechStarted.class);
    }
  }

  @Test
  void a_cough_pauses_the_sound_and_lets_it_go_on() {
    try (Stage stage = new Stage(PLAIN.toBuilder().resume(true).build())) {
      stage.speech(500).silence(600).text("One.").audio(2000);
      stage.read();
      stage.silence(500).speech(20);
      assertThat(stage.read()).containsExactly(new SoundPaused(1));
      stage.speech(80).silence(200);
      assertThat(stage.read()).containsExactly(new SoundResumed(1));
      assertThat(stage.session.statistics().falseStarts()).isEqualTo(1);
      stage.silence(200).speech(260);
      List<SessionEvent> events = stage.read();
      assertThat(kinds(events))
          .containsExactly(
              SoundPaused.class, SpeechStarted.class, Interrupted.class, TurnDone.class);
      // The loudspeaker waited from the cough to its end, and from the second beginning on.
      Duration heard = ((Interrupted) events.get(2)).heard();
      assertThat(heard).isBetween(millis(700), millis(900));
    }
  }

  @Test
  void what_cannot_be_interrupted_hears_nothing_meanwhile() {
    try (Stage stage = new Stage(PLAIN.toBuilder().interruptible(false).build())) {
      stage.speech(500).silence(600).text("One.").audio(1000).done();
      stage.read();
      stage.speech(800);
      assertThat(stage.read()).isEmpty();
      stage.silence(300).speech(500);
      assertThat(stage.read()).containsExactly(new SpeechStarted(millis(2200)));
    }
  }

  @Test
  void push_to_talk_ends_with_the_button() {
    try (Stage stage = new Stage(SessionOptions.builder().pushToTalk().build())) {
      stage.silence(100).speech(500);
      stage.session.commit();
      assertThat(kinds(stage.read()))
          .containsExactly(SpeechStarted.class, SpeechStopped.class, TurnStarted.class);
      assertThat(stage.reply().question).containsExactly("heard #" + 16 * 600);
      stage.text("Yes.").done();
      stage.session.commit();
      assertThat(stage.world.replies).hasSize(1);
    }
  }

  @Test
  void words_pictures_and_results_go_into_the_question() {
    try (Stage stage = new Stage(PLAIN)) {
      stage.session.add(Text.of("first"));
      stage.session.say("second");
      assertThat(stage.reply().question).containsExactly("first", "second");
      stage.session.add(Text.of("while it replies"));
      stage.tell(new ToolCall("a", "f", "{}")).tell(new ToolCall("b", "f", "{}"));
      stage.session.toolResult("b", "2");
      stage.done();
      // What was added goes on without the results.
      assertThatThrownBy(() -> stage.session.toolResult("a", "1"))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("\"a\"");
      stage.session.respond();
      assertThat(stage.reply().question)
          .containsExactly("first", "second", "reply 1", "while it replies");
    }
  }

  @Test
  void results_in_any_order_are_given_in_the_order_of_the_calls_and_the_model_goes_on() {
    try (Stage stage = new Stage(PLAIN)) {
      stage.session.say("question");
      stage.tell(new ToolCall("a", "f", "{}")).tell(new ToolCall("b", "f", "{}")).done();
      stage.session.toolResult("b", "2");
      assertThatThrownBy(() -> stage.session.toolResult("b", "again"))
          .isInstanceOf(InvalidRequestException.class);
      assertThatThrownBy(() -> stage.session.toolResult("c", "3"))
          .isInstanceOf(InvalidRequestException.class);
      assertThat(stage.world.replies).hasSize(1);
      stage.session.toolResult("a", "1");
      assertThat(stage.reply().question)
          .containsExactly("question", "reply 1", "result 1", "result 2");
    }
  }

  @Test
  void what_was_said_can_be_forgotten() {
    try (Stage stage = new Stage(SessionOptions.defaults())) {
      stage.speech(1000).silence(300);
      stage.session.clear();
      assertThat(stage.read())
          .containsExactly(new SpeechStarted(Duration.ZERO), new SpeechStopped(millis(1300), true));
      assertThat(stage.world.open).isEqualTo(1);
      stage.silence(1000);
      stage.session.say("instead");
      assertThat(stage.reply().question).containsExactly("instead");
    }
  }

  @Test
  void pictures_are_dense_while_the_person_speaks_and_sparse_before() {
    try (Stage stage = new Stage(PLAIN)) {
      for (int at = 0; at < 9000; at += 100) {
        stage.frame(at).silence(100);
      }
      for (int at = 9000; at < 10000; at += 100) {
        stage.frame(at).speech(100);
      }
      stage.silence(600);
      // One for every two seconds; speech was certain at 9.26 s, and heard from 8.7 s on.
      assertThat(stage.reply().question.get(0)).isEqualTo("video [0.0, 2.0, 4.0, 6.0, 8.0]");
      assertThat(stage.reply().question.get(1))
          .isEqualTo("frame 800 both #" + 16 * (300 + 1000 + 300));
      assertThat(stage.session.statistics().framesShown()).isEqualTo(100);
      assertThat(stage.session.statistics().framesSeen()).isEqualTo(6);
    }
  }

  @Test
  void pictures_spread_over_the_sound_come_when_the_turn_is_over() {
    SessionOptions options =
        PLAIN.toBuilder()
            .placement(VideoSampling.Strategy.AVERAGE)
            .detection(TurnDetection.normal())
            .build();
    try (Stage stage = new Stage(options)) {
      stage.speech(500);
      for (int at = 500; at < 2500; at += 100) {
        stage.frame(at).speech(100);
      }
      stage.silence(600);
      assertThat(stage.world.replies).hasSize(1);
      assertThat(stage.reply().question)
          .containsExactly("both video [0.5, 1.0, 2.0] sound of " + 16 * (2500 + 200));
      stage.text("Yes.").audio(20).done().read();
      stage.silence(1000).speech(500).silence(600);
      assertThat(stage.reply().question.get(2)).isEqualTo("sound of " + 16 * (300 + 500 + 200));
    }
  }

  @Test
  void a_reply_that_fails_ends_its_turn_and_not_the_session() {
    try (Stage stage = new Stage(SessionOptions.defaults())) {
      stage.world.refusal = new EngineBusyException("full");
      stage.speech(500).silence(600);
      List<SessionEvent> events = stage.read();
      TurnDone failed = (TurnDone) events.get(events.size() - 1);
      assertThat(failed.end()).isEqualTo(TurnDone.End.FAILED);
      assertThat(failed.failure()).containsInstanceOf(EngineBusyException.class);
      stage.world.refusal = null;
      stage.session.say("again");
      stage.text("Half").reply().fail(new GenerationCancelledException("ill"));
      events = stage.read();
      assertThat(((TurnDone) events.get(events.size() - 1)).end()).isEqualTo(TurnDone.End.FAILED);
      stage.session.say("and again");
      stage.text("Whole").done();
      events = stage.read();
      assertThat(((TurnDone) events.get(events.size() - 1)).end()).isEqualTo(TurnDone.End.COMPLETE);
    }
  }

  @Test
  void a_slow_reader_holds_the_reply_up_and_not_the_person() {
    try (Stage stage = new Stage(PLAIN)) {
      stage.speech(500).silence(600);
      for (int i = 0; i < 100; i++) {
        stage.audio(1000);
      }
      stage.done();
      SessionEvent first = stage.readOne();
      while (!(first instanceof AudioDelta)) {
        first = stage.readOne();
      }
      stage.silence(100).speech(300);
      List<SessionEvent> events = stage.read();
      assertThat(kinds(events))
          .containsExactly(SpeechStarted.class, Interrupted.class, TurnDone.class);
    }
  }

  @Test
  void whoever_does_not_read_hears_of_the_last_things() {
    try (Stage stage = new Stage(PLAIN.toBuilder().respondsItself(false).build())) {
      for (int i = 0; i < 700; i++) {
        stage.speech(300).silence(620);
      }
      assertThat(stage.session.statistics().eventsDropped()).isEqualTo(400);
      assertThat(stage.read()).hasSize(1000);
    }
  }

  @Test
  void instructions_change_with_the_next_reply() {
    try (Stage stage = new Stage(PLAIN)) {
      stage.session.say("one");
      stage.session.update(PLAIN.toBuilder().system("Be brief.").build());
      assertThat(stage.reply().closed).isFalse();
      stage.text("Yes.").done();
      stage.session.say("two");
      assertThat(stage.reply().question)
          .containsExactly("system Be brief.", "one", "reply 1", "two");
      assertThat(stage.world.open).isEqualTo(1);
      assertThatThrownBy(() -> stage.session.update(PLAIN.toBuilder().sampleRateHz(8000).build()))
          .isInstanceOf(InvalidRequestException.class);
    }
  }

  @Test
  void history_can_be_taken_from_elsewhere() {
    try (Stage stage = new Stage(PLAIN)) {
      stage.session.say("one");
      stage.session.restore(List.of(Message.user("before")));
      stage.session.say("two");
      assertThat(stage.reply().question).containsExactly("USER before", "two");
      assertThat(kinds(stage.read()))
          .containsExactly(TurnStarted.class, Interrupted.class, TurnDone.class, TurnStarted.class);
    }
  }

  @Test
  void a_reply_can_be_asked_for_in_another_way() {
    try (Stage stage = new Stage(PLAIN.toBuilder().respondsItself(false).build())) {
      stage.speech(500).silence(600);
      assertThat(kinds(stage.read())).containsExactly(SpeechStarted.class, SpeechStopped.class);
      stage.session.respond(Generation.text());
      stage.text("In writing.").tell(new Warning("hm"));
      stage.session.respond();
      assertThat(stage.world.replies).hasSize(1);
      stage.session.interrupt();
      assertThat(stage.read())
          .contains(new Interrupted(1, Duration.ZERO, "In writing."), new Warning("hm"));
    }
  }

  @Test
  void bad_input_is_refused_and_nothing_is_lost() {
    try (Stage stage = new Stage(PLAIN)) {
      assertThatThrownBy(() -> stage.session.write(new float[] {0, Float.NaN}))
          .isInstanceOf(MediaException.class)
          .hasMessageContaining("Sample 1");
      assertThatThrownBy(() -> stage.session.played(millis(-1)))
          .isInstanceOf(InvalidRequestException.class);
      assertThatThrownBy(() -> stage.session.truncate(1, millis(-1)))
          .isInstanceOf(InvalidRequestException.class);
      stage.frame(1000);
      assertThatThrownBy(() -> stage.frame(999)).isInstanceOf(InvalidRequestException.class);
      assertThatThrownBy(() -> stage.frame(-1)).isInstanceOf(InvalidRequestException.class);
      stage.speech(500).silence(600);
      assertThat(stage.world.replies).hasSize(1);
    }
  }

  @Test
  void closing_ends_everything_and_tells_what_happened() {
    Stage stage = new Stage(SessionOptions.defaults());
    stage.speech(500).silence(600).text("Half").audio(100);
    stage.close();
    stage.close();
    List<SessionEvent> events = stage.read();
    assertThat(events.get(events.size() - 1)).isInstanceOf(SessionClosed.class);
    assertThat(((TurnDone) events.get(events.size() - 2)).end())
        .isEqualTo(TurnDone.End.INTERRUPTED);
    assertThat(stage.reply().closed).isTrue();
    assertThat(stage.world.open).isZero();
    assertThatThrownBy(() -> stage.session.write(new float[1]))
        .isInstanceOf(GenerationCancelledException.class);
    assertThatThrownBy(() -> stage.session.say("more"))
        .isInstanceOf(GenerationCancelledException.class);
  }

  @Test
  @Timeout(30)
  void whoever_writes_far_ahead_waits_until_there_is_room_or_the_session_is_closed()
      throws Exception {
    Backlog backlog = new Backlog(100);
    backlog.enter(1000);
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread writer =
        new Thread(
            () -> {
              backlog.enter(60);
              try {
                backlog.enter(60);
              } catch (GenerationCancelledException e) {
                end.set(e);
              }
            });
    writer.start();
    while (writer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    backlog.leave(1000);
    writer.join(100);
    while (writer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    backlog.close();
    writer.join();
    assertThat(end.get()).hasMessageContaining("closed");
  }
}
