package io.longcat4j.benchmarks;

import io.longcat4j.AudioDelta;
import io.longcat4j.LongCat;
import io.longcat4j.Pixels;
import io.longcat4j.Session;
import io.longcat4j.SessionOptions;
import io.longcat4j.TurnDone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Shows two pictures with every second of sound, and takes the time from the end of the turn, which
 * a button tells, to the reply. What is not taken in by then makes the reply late: as late as so
 * many chunks of a second take. Used by one thread.
 */
final class LiveChunks {
  private static final int CHUNKS = 2;
  private static final int PICTURES = 2;
  private static final int PIECES = LiveMicrophone.RATE_HZ / LiveMicrophone.PIECE;
  private static final double WAIT_SECONDS = 1;

  /**
   * From the end of the turn to the first sound of the reply, in seconds.
   *
   * @param live where sound and pictures came in time up to the end
   * @param waited where all of it was taken in before the end
   * @param atOnce where all of it came at the end
   */
  record Backlog(double live, double waited, double atOnce) {
    /** How long the model needs for a second of sound and its pictures. */
    double chunkSeconds() {
      return (atOnce - waited) / CHUNKS;
    }

    /** Seconds of taking in that are left at the end. */
    double leftSeconds() {
      return live - waited;
    }
  }

  private final LongCat longcat;
  private final List<SpokenQuestion> questions;
  private final Pace pace;
  private int shown;

  LiveChunks(LongCat longcat, List<SpokenQuestion> questions, Pace pace) {
    this.longcat = longcat;
    this.questions = questions;
    this.pace = pace;
  }

  List<Backlog> measure(int turns) {
    SessionOptions options =
        SessionOptions.builder().sampleRateHz(LiveMicrophone.RATE_HZ).pushToTalk().build();
    List<Backlog> backlogs = new ArrayList<>();
    try (Session session = longcat.session(options)) {
      HeardEvents events = new HeardEvents();
      events.read(session.events());
      for (int i = 0; i < turns; i++) {
        float[] sound = sound(questions.get(i % questions.size()));
        backlogs.add(
            new Backlog(
                turn(session, events, sound, true, 0),
                turn(session, events, sound, true, WAIT_SECONDS),
                turn(session, events, sound, false, 0)));
      }
    }
    return backlogs;
  }

  private static float[] sound(SpokenQuestion question) {
    return Arrays.copyOf(question.samples(), CHUNKS * LiveMicrophone.RATE_HZ);
  }

  private double turn(
      Session session, HeardEvents events, float[] sound, boolean inTime, double waitSeconds) {
    long next = System.nanoTime();
    for (int piece = 0; piece < CHUNKS * PIECES; piece++) {
      if (piece % (PIECES / PICTURES) == 0) {
        session.show(picture(), Duration.ofMillis(shown * 1000L / PICTURES));
        shown++;
      }
      next += inTime ? pace.nanos(1.0 / PIECES) : 0;
      Pace.awaitNanoTime(next);
      int from = piece * LiveMicrophone.PIECE;
      session.write(Arrays.copyOfRange(sound, from, from + LiveMicrophone.PIECE));
    }
    Pace.awaitNanoTime(next + pace.nanos(waitSeconds));
    long committed = System.nanoTime();
    session.commit();
    long sounded =
        SpokenTurns.first(
                events.upTo(noted -> noted.is(AudioDelta.class) || noted.is(TurnDone.class)),
                AudioDelta.class)
            .nanos();
    session.interrupt();
    var unused = events.upTo(noted -> noted.is(TurnDone.class));
    return SpokenTurns.seconds(committed, sounded);
  }

  /** A disk before a wall, somewhere else each time. */
  private Pixels picture() {
    int width = 320;
    int height = 240;
    byte[] rgb = new byte[3 * width * height];
    int middle = 60 + shown % 200;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int dx = x - middle;
        int dy = y - height / 2;
        int at = 3 * (y * width + x);
        rgb[at] = (byte) 220;
        rgb[at + 1] = (byte) (dx * dx + dy * dy < 2500 ? 20 : 220);
        rgb[at + 2] = rgb[at + 1];
      }
    }
    return new Pixels(width, height, rgb);
  }
}
