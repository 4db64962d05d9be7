package io.longcat4j;

import java.time.Duration;
import java.util.Objects;

/**
 * The person's turn is over. With {@link SessionOptions#respondsItself()} the {@link TurnStarted}
 * of the reply follows, unless what was said is forgotten.
 *
 * @param at when they spoke last, counted in the samples that were written to the session
 * @param cleared whether what was said is forgotten, as {@link Session#clear()} has it
 */
public record SpeechStopped(Duration at, boolean cleared) implements SessionEvent {
  /** Checks the component. */
  public SpeechStopped {
    Objects.requireNonNull(at, "at");
  }
}
