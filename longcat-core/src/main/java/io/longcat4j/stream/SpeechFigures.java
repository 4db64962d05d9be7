package io.longcat4j.stream;

/** What the sound of a reply costs. Used by one thread at a time, which hands it on safely. */
final class SpeechFigures {
  private long vocode;
  private long first;
  private long last;
  private double seconds;

  /** The vocoder has worked. */
  void worked(long nanos) {
    vocode += nanos;
  }

  /** Sound has been given. */
  void sounded(long now, double duration) {
    first = seconds == 0 ? now : first;
    last = now;
    seconds += duration;
  }

  /** Nanoseconds in the vocoder. */
  long vocode() {
    return vocode;
  }

  /** When the first sound was given. */
  long first() {
    return first;
  }

  /** When the last sound was given. */
  long last() {
    return last;
  }

  /** How long the sound lasts. */
  double seconds() {
    return seconds;
  }
}
