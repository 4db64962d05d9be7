package io.longcat4j;

import java.util.Objects;

/**
 * The session is over: nothing follows.
 *
 * @param statistics what it did
 */
public record SessionClosed(SessionStatistics statistics) implements SessionEvent {
  /** Checks the component. */
  public SessionClosed {
    Objects.requireNonNull(statistics, "statistics");
  }
}
