package io.longcat4j;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A reply has ended; its sound may still be played.
 *
 * @param turn the reply
 * @param end why it ended
 * @param done what the reply says of itself: why it ended, what it cost and its ids; empty where it
 *     was interrupted or failed
 * @param failure why it failed, or empty
 * @param firstText from when the turn of the person was known to be over, or the reply asked for,
 *     to its first words; empty where there were none
 * @param firstAudio the same to its first sound
 */
public record TurnDone(
    int turn,
    End end,
    Optional<Done> done,
    Optional<LongCatException> failure,
    Optional<Duration> firstText,
    Optional<Duration> firstAudio)
    implements SessionEvent {

  /** Why a reply of a session ended. */
  public enum End {
    /** The model came to an end, by itself or at a limit. */
    COMPLETE,
    /** It was cut off: {@link Interrupted} came before, or the session was closed. */
    INTERRUPTED,
    /** An error ended it; the session goes on. */
    FAILED
  }

  /** Checks the components. */
  public TurnDone {
    Objects.requireNonNull(end, "end");
    Objects.requireNonNull(done, "done");
    Objects.requireNonNull(failure, "failure");
    Objects.requireNonNull(firstText, "firstText");
    Objects.requireNonNull(firstAudio, "firstAudio");
  }
}
