package io.longcat4j;

import java.time.Duration;
import java.util.Objects;

/**
 * A reply was cut off; throw away what the loudspeaker has not played. What was said up to {@code
 * heard} stays in the conversation, back to the last punctuation mark.
 *
 * @param turn the reply
 * @param heard how much of its sound was played; zero for a reply that is not spoken
 * @param text the words that are kept; none of the others follows
 */
public record Interrupted(int turn, Duration heard, String text) implements SessionEvent {
  /** Checks the components. */
  public Interrupted {
    Objects.requireNonNull(heard, "heard");
    Objects.requireNonNull(text, "text");
  }
}
