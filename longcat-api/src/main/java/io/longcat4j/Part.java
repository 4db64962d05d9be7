package io.longcat4j;

/**
 * One piece of a {@link Message}: text, an image, a sound, a video, a video and a sound that run
 * together, or a call of a tool.
 */
public sealed interface Part permits Text, Image, Audio, Video, Interleaved, ToolCall {}
