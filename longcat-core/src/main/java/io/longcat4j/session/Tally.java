package io.longcat4j.session;

import io.longcat4j.SessionStatistics;
import java.time.Duration;

/** Counts what a session does. Thread-safe. */
final class Tally {
  private double heardSeconds;
  private long framesShown;
  private long framesSeen;
  private int turns;
  private int interruptions;
  private int falseStarts;
  private int begun;
  private int kept;
  private int discarded;

  synchronized void heard(double seconds) {
    heardSeconds = seconds;
  }

  synchronized void frameShown() {
    framesShown++;
  }

  synchronized void framesSeen(int count) {
    framesSeen += count;
  }

  synchronized void turn() {
    turns++;
  }

  synchronized void interruption() {
    interruptions++;
  }

  synchronized void falseStart() {
    falseStarts++;
  }

  synchronized void speculation() {
    begun++;
  }

  synchronized void kept() {
    kept++;
  }

  synchronized void discarded() {
    discarded++;
  }

  synchronized SessionStatistics statistics(long dropped) {
    return new SessionStatistics(
        Duration.ofNanos(Math.round(heardSeconds * 1e9)),
        framesShown,
        framesSeen,
        turns,
        interruptions,
        falseStarts,
        begun,
        kept,
        discarded,
        dropped);
  }
}
