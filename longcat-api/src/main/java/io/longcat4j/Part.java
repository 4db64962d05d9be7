package io.longcat4j;

/**
 * One piece of a {@link Message}: text, an image, a sound, a video, or a video and a sound that run
 * together.
 */
public sealed interface Part permits Text, Image, Audio, Video, Interleaved {}
