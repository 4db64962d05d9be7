package io.longcat4j;

/**
 * A reply begins: what follows up to its {@link TurnDone} is of it.
 *
 * @param turn counts the replies of the session from 1
 * @param speculated whether it was begun before the person's turn was known to be over
 */
public record TurnStarted(int turn, boolean speculated) implements SessionEvent {}
