package io.longcat4j.server.realtime;

import io.longcat4j.AudioDelta;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a person says nothing after a reply was played, in the time of their sound. Not
 * thread-safe.
 */
final class Idle {
  /** So much of the silence the model hears. */
  private static final Duration HEARD = Duration.ofSeconds(1);

  private Duration spoken = Duration.ZERO;
  private @Nullable Duration since;

  /** A stretch of the sound without speech. */
  record Silence(Duration from, Duration to) {
    /** Where the part of it begins that the model hears. */
    Duration heardFrom() {
      Duration last = to.minus(HEARD);
      return last.compareTo(from) > 0 ? last : from;
    }
  }

  /** Somebody speaks, or is about to. */
  void stop() {
    spoken = Duration.ZERO;
    since = null;
  }

  /** The model says this. */
  void says(AudioDelta sound) {
    long nanos = Math.round(sound.samples().count() * 1e9 / sound.sampleRateHz());
    spoken = spoken.plusNanos(nanos);
  }

  /** The reply is over, and will have been played once its sound has passed. */
  void replied(Duration now) {
    since = now.plus(spoken);
    spoken = Duration.ZERO;
  }

  /**
   * More sound has come in which nobody speaks.
   *
   * @param timeout how long that may be so
   * @return the silence, once for each reply
   */
  Optional<Silence> goesOn(Duration now, Duration timeout) {
    Duration from = since;
    if (from == null || now.compareTo(from.plus(timeout)) < 0) {
      return Optional.empty();
    }
    since = null;
    return Optional.of(new Silence(from, now));
  }
}
