package io.longcat4j.benchmarks;

import io.longcat4j.benchmarks.HeardTurns.Turn;
import io.longcat4j.benchmarks.SpeechFiles.Labelled;
import io.longcat4j.benchmarks.SpeechFiles.Stretch;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What was heard beside what there was. Not thread-safe.
 *
 * <p>An utterance is missed if nothing that was heard overlaps it. A turn that overlaps none is a
 * false start. A turn that was ended within an utterance, or in a pause shorter than the rule asks
 * for, was ended falsely.
 */
final class DetectionScore {
  private static final double MILLIS = SpeechFiles.RATE_HZ / 1000.0;

  private final double silenceMillis;
  private final List<Double> starts = new ArrayList<>();
  private final List<Double> ends = new ArrayList<>();
  private final List<Double> decided = new ArrayList<>();
  private int utterances;
  private int missed;
  private int falseStarts;
  private int falseEnds;

  DetectionScore(double silenceMillis) {
    this.silenceMillis = silenceMillis;
  }

  void add(Labelled sound, HeardTurns heard) {
    for (Stretch spoken : sound.speech()) {
      utterances++;
      List<Stretch> found = heard.stretches().stream().filter(spoken::overlaps).toList();
      if (found.isEmpty()) {
        missed++;
      } else {
        starts.add((found.get(0).from() - spoken.from()) / MILLIS);
        ends.add((found.get(found.size() - 1).to() - spoken.to()) / MILLIS);
      }
    }
    for (Turn turn : heard.turns()) {
      if (sound.speech().stream().noneMatch(turn.speech()::overlaps)) {
        falseStarts++;
      } else if (turn.endedAt() >= 0) {
        end(sound, turn.endedAt());
      }
    }
  }

  private void end(Labelled sound, long at) {
    OptionalLong before =
        sound.speech().stream().mapToLong(Stretch::to).filter(end -> end <= at).max();
    boolean within = sound.speech().stream().anyMatch(spoken -> spoken.holds(at));
    if (within || before.isEmpty()) {
      falseEnds++;
      return;
    }
    long next =
        sound.speech().stream()
            .mapToLong(Stretch::from)
            .filter(start -> start > at)
            .min()
            .orElse(Long.MAX_VALUE);
    if ((next - before.getAsLong()) / MILLIS < silenceMillis) {
      falseEnds++;
    } else {
      decided.add((at - before.getAsLong()) / MILLIS);
    }
  }

  int utterances() {
    return utterances;
  }

  int missed() {
    return missed;
  }

  int falseStarts() {
    return falseStarts;
  }

  int falseEnds() {
    return falseEnds;
  }

  int trueEnds() {
    return decided.size();
  }

  /** Milliseconds, late above 0. */
  Sample starts() {
    return sample(starts, false);
  }

  /** Milliseconds without their sign. */
  Sample startErrors() {
    return sample(starts, true);
  }

  /** Milliseconds, late above 0. */
  Sample ends() {
    return sample(ends, false);
  }

  /** Milliseconds without their sign. */
  Sample endErrors() {
    return sample(ends, true);
  }

  /** Milliseconds from the last sample of speech until the end of the turn was certain. */
  Sample decided() {
    return sample(decided, false);
  }

  private static Sample sample(List<Double> values, boolean absolute) {
    return new Sample(
        values.stream().mapToDouble(value -> absolute ? Math.abs(value) : value).toArray());
  }
}
