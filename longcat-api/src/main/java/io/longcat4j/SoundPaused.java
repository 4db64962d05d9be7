package io.longcat4j;

/**
 * Stop the loudspeaker but keep what it has not played: somebody may have begun to speak. {@link
 * SoundResumed} or {@link Interrupted} follows.
 *
 * @param turn whose sound it is
 */
public record SoundPaused(int turn) implements SessionEvent {}
