package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.AudioDelta;
import io.longcat4j.LongCat;
import io.longcat4j.MediaSource;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
}
