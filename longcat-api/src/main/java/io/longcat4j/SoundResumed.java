package io.longcat4j;

/**
 * Go on with the loudspeaker: nobody had begun to speak.
 *
 * @param turn whose sound it is
 */
public record SoundResumed(int turn) implements SessionEvent {}
