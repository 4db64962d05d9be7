package io.longcat4j;

import java.util.Objects;

/**
 * Something that was shortened or left out of the prompt, or malformed in the reply. The reply goes
 * on.
 *
 * @param message a sentence
 */
public record Warning(String message) implements Event, SessionEvent {
  /** Checks the component. */
  public Warning {
    Objects.requireNonNull(message, "message");
  }
}
