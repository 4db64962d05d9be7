package io.longcat4j;

import java.time.Duration;
import java.util.Objects;

/**
 * Somebody has begun to speak, and has done so long enough to be listened to.
 *
 * @param at when, counted in the samples that were written to the session; with the padding before
 *     it, what is heard begins earlier
 */
public record SpeechStarted(Duration at) implements SessionEvent {
  /** Checks the component. */
  public SpeechStarted {
    Objects.requireNonNull(at, "at");
  }
}
