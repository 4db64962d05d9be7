package io.longcat4j;

import java.util.Objects;

/**
 * The next words of a reply. All of them together are {@link Reply#text()}.
 *
 * @param text whole characters (Unicode code points), at least one, without control tokens and tool
 *     calls
 */
public record TextDelta(String text) implements Event, SessionEvent {
  /** Checks the component. */
  public TextDelta {
    Objects.requireNonNull(text, "text");
  }
}
