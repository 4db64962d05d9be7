package io.longcat4j.session;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much of a reply's sound was played: what the application says, or, where it says nothing,
 * what a loudspeaker plays that was given the sound as it was read. Thread-safe.
 */
final class Playback {
  private final LongSupplier clock;
  private long givenNanos;
  private long playedNanos;
  private long lookedAt;
  private boolean held;
  private @Nullable Duration said;

  /**
   * Nothing to play.
   *
   * @param clock nanoseconds, from any origin
   */
  Playback(LongSupplier clock) {
    this.clock = clock;
    this.lookedAt = clock.getAsLong();
  }

  /** Another reply begins. */
  synchronized void begin() {
    givenNanos = 0;
    playedNanos = 0;
    held = false;
    said = null;
    lookedAt = clock.getAsLong();
  }

  /** The loudspeaker was given more. */
  synchronized void give(long nanos) {
    look();
    givenNanos += nanos;
  }

  /** The loudspeaker waits. */
  synchronized void hold() {
    look();
    held = true;
  }

  /** The loudspeaker goes on. */
  synchronized void release() {
    look();
    held = false;
  }

  /** The application tells what was played. */
  synchronized void say(Duration played) {
    said = said == null || played.compareTo(said) > 0 ? played : said;
  }

  /** No more than this was played. */
  synchronized void end(Duration played) {
    said = played;
  }

  /** What was heard of the sound. */
  synchronized Duration heard() {
    look();
    if (said == null) {
      return Duration.ofNanos(playedNanos);
    }
    Duration given = Duration.ofNanos(givenNanos);
    return said.compareTo(given) < 0 ? said : given;
  }

  /** Whether all that was given was heard. */
  synchronized boolean isOver() {
    // A loudspeaker tells whole samples, or milliseconds.
    return heard().plusMillis(1).compareTo(Duration.ofNanos(givenNanos)) >= 0;
  }

  private void look() {
    long now = clock.getAsLong();
    if (!held) {
      playedNanos = Math.min(givenNanos, playedNanos + (now - lookedAt));
    }
    lookedAt = now;
  }
}
