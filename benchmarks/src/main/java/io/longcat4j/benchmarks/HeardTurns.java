package io.longcat4j.benchmarks;

import io.longcat4j.TurnDetection;
import io.longcat4j.benchmarks.SpeechFiles.Stretch;
import io.longcat4j.session.SpeechDetector;
import io.longcat4j.session.SpeechDetector.Began;
import io.longcat4j.session.SpeechDetector.Change;
import io.longcat4j.session.SpeechDetector.Ended;
import io.longcat4j.session.SpeechDetector.Paused;
import io.longcat4j.session.SpeechDetector.WentOn;
import java.util.ArrayList;
import java.util.List;

/**
 * What was heard in a sound. All samples are those at {@link SpeechFiles#RATE_HZ}.
 *
 * @param stretches without a pause
 * @param turns of several stretches with pauses between
 */
record HeardTurns(List<Stretch> stretches, List<Turn> turns) {
  /** Copies the lists. */
  HeardTurns {
    stretches = List.copyOf(stretches);
    turns = List.copyOf(turns);
  }

  /**
   * A turn.
   *
   * @param speech from its beginning to its end, as estimated
   * @param begunAt where its beginning was certain
   * @param endedAt where its end was certain, or -1 where the sound ended first
   */
  record Turn(Stretch speech, long begunAt, long endedAt) {}

  /**
   * Follows who speaks.
   *
   * @param probabilities of a whole sound
   * @param rules when speech begins and ends
   */
  static HeardTurns in(Probabilities probabilities, TurnDetection rules) {
    Listener listener =
        new Listener(
            new SpeechDetector(
                rules,
                probabilities.rateHz(),
                probabilities.windowSamples(),
                probabilities.trailingSamples()),
            (double) SpeechFiles.RATE_HZ / probabilities.rateHz());
    int size = probabilities.windowSamples();
    for (int i = 0; i < probabilities.values().length; i++) {
      listener.window(probabilities.sound(), i * size, probabilities.values()[i]);
    }
    return listener.heard(probabilities.samples());
  }

  /** Collects changes. */
  private static final class Listener {
    private final SpeechDetector detector;
    private final double scale;
    private final List<Stretch> stretches = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();
    private long stretch = -1;
    private long turn;
    private long begunAt;

    Listener(SpeechDetector detector, double scale) {
      this.detector = detector;
      this.scale = scale;
    }

    void window(float[] sound, int from, double probability) {
      int at = from;
      for (int count = detector.room(); count > 0; count = detector.room()) {
        changed(detector.hear(sound, at, at + count));
        at += count;
      }
      changed(detector.window(probability));
    }

    private void changed(List<Change> changes) {
      for (Change change : changes) {
        long at = Math.round(change.atSample() * scale);
        long now = Math.round(detector.heardSamples() * scale);
        if (change instanceof Began) {
          stretch = at;
          turn = at;
          begunAt = now;
        } else if (change instanceof WentOn) {
          stretch = at;
        } else if (change instanceof Paused) {
          stretches.add(new Stretch(stretch, at));
          stretch = -1;
        } else if (change instanceof Ended) {
          turns.add(new Turn(new Stretch(turn, at), begunAt, now));
        }
      }
    }

    HeardTurns heard(long length) {
      if (stretch >= 0) {
        stretches.add(new Stretch(stretch, length));
      }
      if (detector.isSpeaking()) {
        turns.add(new Turn(new Stretch(turn, length), begunAt, -1));
      }
      return new HeardTurns(stretches, turns);
    }
  }
}
