package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longcat4j.Audio;
import io.longcat4j.AudioDelta;
import io.longcat4j.Conversation;
import io.longcat4j.Done;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.Interrupted;
import io.longcat4j.LongCat;
import io.longcat4j.MediaSource;
import io.longcat4j.Reply;
import io.longcat4j.Samples;
import io.longcat4j.Session;
import io.longcat4j.SessionClosed;
import io.longcat4j.SessionEvent;
import io.longcat4j.SessionOptions;
import io.longcat4j.SpeechStarted;
import io.longcat4j.SpeechStopped;
import io.longcat4j.TextDelta;
import io.longcat4j.TurnDetection;
import io.longcat4j.TurnDone;
import io.longcat4j.TurnStarted;
import io.longcat4j.media.AudioFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A spoken conversation with LongCat-Tiny and the voice activity that is shipped. */
@Timeout(120)
class SpokenSessionTest {
  private static final int RATE = 16_000;
  private static LongCat longcat;

  @BeforeAll
  static void load() {
    longcat = LongCat.builder().tiny().build();
  }

  @AfterAll
  static void close() {
    longcat.close();
  }

  private static float[] question(String name) {
    Path file = Path.of("..", "samples", "media", "tiny", name + "-question.wav");
    return AudioFile.decode(MediaSource.of(file), RATE, 60).samples().values();
  }

  private static float[] silence(int millis) {
    return new float[RATE / 1000 * millis];
  }

  /** Writes in pieces of 20 ms, as a microphone does. */
  private static void speak(Session session, float[]... sounds) {
    for (float[] sound : sounds) {
      for (int at = 0; at < sound.length; at += RATE / 50) {
        session.write(Arrays.copyOfRange(sound, at, Math.min(sound.length, at + RATE / 50)));
      }
    }
  }

  /** Reads up to the end of a reply. */
  private static List<SessionEvent> turn(Iterator<SessionEvent> events) {
    List<SessionEvent> all = new ArrayList<>();
    do {
      all.add(events.next());
    } while (!(all.get(all.size() - 1) instanceof TurnDone));
    return all;
  }

  private static String words(List<SessionEvent> events) {
    StringBuilder words = new StringBuilder();
    events.forEach(event -> words.append(event instanceof TextDelta more ? more.text() : ""));
    return words.toString();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_spoken_question_is_answered_aloud(boolean speculating) {
    TurnDetection rules =
        speculating ? TurnDetection.normal() : TurnDetection.normal().withoutSpeculation();
    SessionOptions options = SessionOptions.builder().detection(rules).build();
    Iterator<SessionEvent> events;
    try (Session session = longcat.session(options)) {
      events = session.events().iterator();
      speak(session, silence(500), question("month"), silence(1000));
      List<SessionEvent> turn = turn(events);
      assertThat(turn.get(0)).isInstanceOf(SpeechStarted.class);
      assertThat(turn.get(1)).isInstanceOf(SpeechStopped.class);
      assertThat(turn.get(2)).isEqualTo(new TurnStarted(1, speculating));
      assertThat(words(turn)).isNotBlank();
      assertThat(turn.stream().filter(AudioDelta.class::isInstance)).isNotEmpty();
    }
    assertThat(events.next()).isInstanceOf(SessionClosed.class);
    assertThat(events.hasNext()).isFalse();
  }

  private static Done done(List<SessionEvent> turn) {
    return ((TurnDone) turn.get(turn.size() - 1)).done().orElseThrow();
  }

  @Test
  void a_session_answers_as_the_conversation_of_the_same_pieces_does() {
    SessionOptions options = SessionOptions.builder().pushToTalk().build();
    Duration heard = Duration.ofMillis(700);
    Done first;
    Done second;
    String kept;
    try (Session session = longcat.session(options)) {
      Iterator<SessionEvent> events = session.events().iterator();
      speak(session, question("hours"));
      session.commit();
      first = done(turn(events));
      session.played(heard);
      speak(session, question("month"));
      session.commit();
      List<SessionEvent> turn = turn(events);
      second = done(turn);
      assertThat(turn.get(0)).isInstanceOf(SpeechStarted.class);
      assertThat(turn.get(1)).isInstanceOf(Interrupted.class);
      kept = ((Interrupted) turn.get(1)).text();
      assertThat(((Interrupted) turn.get(1)).heard()).isEqualTo(heard);
    }
    try (Conversation conversation = longcat.conversation()) {
      Reply one = conversation.send(Generation.speech(), sound("hours"));
      assertThat(first.textIds()).isEqualTo(one.textIds());
      assertThat(first.codecFrames()).isEqualTo(one.codecFrames());
      assertThat(conversation.truncateAt(heard)).isEqualTo(kept);
      Reply two = conversation.send(Generation.speech(), sound("month"));
      assertThat(second.textIds()).isEqualTo(two.textIds());
      assertThat(second.codecFrames()).isEqualTo(two.codecFrames());
    }
  }

  private static Audio sound(String name) {
    return Audio.of(new Samples(question(name), RATE));
  }

  /** Two turns with a pause in the first one; the person is cut off by a button in the second. */
  private static List<Done> turns(TurnDetection rules) {
    List<Done> all = new ArrayList<>();
    try (Session session = longcat.session(SessionOptions.builder().detection(rules).build())) {
      Iterator<SessionEvent> events = session.events().iterator();
      float[] hours = question("hours");
      int half = hours.length / 2;
      speak(
          session,
          silence(500),
          question("shapes"),
          silence(100),
          Arrays.copyOf(hours, half),
          silence(420),
          Arrays.copyOfRange(hours, half, hours.length));
      session.commit();
      all.add(done(turn(events)));
      session.played(Duration.ofMinutes(1));
      speak(session, silence(800), question("month"), silence(900));
      all.add(done(turn(events)));
    }
    return all;
  }

  @Test
  void nothing_is_left_of_replies_that_were_begun_too_early() {
    TurnDetection eager = TurnDetection.normal().withSpeculateAfter(Duration.ofMillis(100));
    Done speculating = turns(eager).get(0);
    Done waiting = turns(eager.withoutSpeculation()).get(0);
    assertThat(speculating.textIds()).isEqualTo(waiting.textIds());
    assertThat(speculating.codecFrames()).isEqualTo(waiting.codecFrames());
    assertThat(speculating.statistics().promptTokens())
        .isEqualTo(waiting.statistics().promptTokens());
    assertThat(speculating.statistics().cacheBytes()).isEqualTo(waiting.statistics().cacheBytes());
  }

  @Test
  void sessions_at_once_answer_as_each_alone() throws Exception {
    List<List<Integer>> alone = ids(turns(TurnDetection.normal()));
    ExecutorService people = Executors.newFixedThreadPool(8);
    try {
      List<Future<List<Done>>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(people.submit(() -> turns(TurnDetection.normal())));
      }
      for (Future<List<Done>> one : all) {
        assertThat(ids(one.get())).isEqualTo(alone);
      }
    } finally {
      people.shutdownNow();
    }
  }

  private static List<List<Integer>> ids(List<Done> turns) {
    return turns.stream().map(Done::textIds).toList();
  }

  @Test
  void closing_the_model_ends_its_sessions() {
    LongCat other = LongCat.builder().tiny().build();
    Session session = other.session(SessionOptions.defaults());
    Iterator<SessionEvent> events = session.events().iterator();
    speak(session, silence(200), question("month"));
    other.close();
    SessionEvent last = events.next();
    while (events.hasNext()) {
      last = events.next();
    }
    assertThat(last).isInstanceOf(SessionClosed.class);
    assertThatThrownBy(() -> session.write(new float[1]))
        .isInstanceOf(GenerationCancelledException.class);
    assertThatThrownBy(() -> other.session(SessionOptions.defaults()))
        .isInstanceOf(GenerationCancelledException.class);
  }
}
