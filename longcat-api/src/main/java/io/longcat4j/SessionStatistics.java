package io.longcat4j;

import java.time.Duration;
import java.util.Objects;

/**
 * What a {@link Session} has done so far. Immutable.
 *
 * @param heard sound that was written
 * @param framesShown pictures that were shown
 * @param framesSeen of them, those that the model was given
 * @param turns replies begun, interrupted ones included
 * @param interruptions replies that were cut off
 * @param falseStarts sounds that were too short to be speech
 * @param speculationsBegun replies begun before the turn of the person was known to be over
 * @param speculationsKept of them, those that became the reply
 * @param speculationsDiscarded of them, those that were thrown away
 * @param eventsDropped events that nobody read in time
 */
public record SessionStatistics(
    Duration heard,
    long framesShown,
    long framesSeen,
    int turns,
    int interruptions,
    int falseStarts,
    int speculationsBegun,
    int speculationsKept,
    int speculationsDiscarded,
    long eventsDropped) {
  /** Checks the components. */
  public SessionStatistics {
    Objects.requireNonNull(heard, "heard");
  }
}
