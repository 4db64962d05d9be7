package io.longcat4j;

/**
 * What a {@link ReplyStream} tells, in this order: any number of {@link TextDelta}, {@link
 * AudioDelta}, {@link ToolCall} and {@link Warning}, then one {@link Done}. Immutable.
 *
 * <p>Words come before their sound: an {@link AudioDelta} speaks of text that came earlier.
 */
public sealed interface Event permits TextDelta, AudioDelta, ToolCall, Warning, Done {}
