package io.longcat4j.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.longcat4j.AudioDelta;
import io.longcat4j.Interrupted;
import io.longcat4j.LongCat;
import io.longcat4j.MediaSource;
import io.longcat4j.Scheduling;
import io.longcat4j.Session;
import io.longcat4j.SessionEvent;
import io.longcat4j.SessionOptions;
import io.longcat4j.TurnDone;
import io.longcat4j.media.AudioFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A session of hours, with a turn every 20 seconds of sound and every third reply interrupted where
 * it is long enough: in a cache of little more than one conversation no turn is lost, and nothing
 * grows. Two hours at night.
 */
@Tag("once")
@Timeout(3600)
class LongSessionTest {
  private static final int RATE = 16_000;
  private static final int TURN_SECONDS = 20;
  private static final Duration HEARD = Duration.ofMillis(300);

  @Test
  void a_session_of_hours_loses_no_turn_and_keeps_nothing() {
    int turns = Length.of(18, 360);
    long settled = 0;
    Scheduling tight = Scheduling.builder().cacheBytes(48L << 20).build();
    try (LongCat longcat = LongCat.builder().tiny().scheduling(tight).build();
        Session session = longcat.session(SessionOptions.defaults())) {
      Iterator<SessionEvent> events = session.events().iterator();
      int interruptions = 0;
      int interruptible = 0;
      for (int turn = 1; turn <= turns; turn++) {
        speak(session, question(turn % 2 == 0 ? "month" : "hours"), 700);
        TurnDone done = null;
        double sound = 0;
        while (done == null) {
          SessionEvent event = events.next();
          done = event instanceof TurnDone over ? over : null;
          interruptions += event instanceof Interrupted ? 1 : 0;
          sound += event instanceof AudioDelta delta ? delta.durationSeconds() : 0;
        }
        assertThat(done.turn()).isEqualTo(turn);
        assertThat(done.end()).isEqualTo(TurnDone.End.COMPLETE);
        if (turn % 3 != 0) {
          session.played(Duration.ofMinutes(1));
        } else {
          session.played(HEARD);
          interruptible += turn < turns && sound > HEARD.toMillis() / 1000.0 ? 1 : 0;
        }
        double spoken = session.statistics().heard().toMillis() / 1000.0;
        speak(session, new float[0], (int) (1000 * (turn * TURN_SECONDS - spoken)));
        if (turn == turns / 3) {
          settled = heap();
        }
      }
      assertThat(interruptible).isGreaterThan(turns / 6);
      assertThat(interruptions).isEqualTo(interruptible);
      assertThat(session.statistics().turns()).isEqualTo(turns);
      assertThat(session.statistics().eventsDropped()).isZero();
      assertThat(heap() - settled).as("bytes of the heap").isLessThan(8L << 20);
    }
  }

  private static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static float[] question(String name) {
    Path file = Path.of("..", "samples", "media", "tiny", name + "-question.wav");
    return AudioFile.decode(MediaSource.of(file), RATE, 60).samples().values();
  }

  private static void speak(Session session, float[] sound, int silentMillis) {
    float[] all = Arrays.copyOf(sound, sound.length + Math.max(0, silentMillis) * (RATE / 1000));
    for (int at = 0; at < all.length; at += RATE / 50) {
      session.write(Arrays.copyOfRange(all, at, Math.min(all.length, at + RATE / 50)));
    }
  }
}
