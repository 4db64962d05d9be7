package io.longcat4j;

import java.time.Duration;
import java.util.Objects;

/**
 * The person's turn is over. With {@link SessionOptions#respondsItself()} the {@link TurnStarted}
 * of the reply follows.
 *
 * @param at when they spoke last, counted in the samples that were written to the session
 */
public record SpeechStopped(Duration at) implements SessionEvent {
  /** Checks the component. */
  public SpeechStopped {
    Objects.requireNonNull(at, "at");
  }
}
