package io.longcat4j.media;

import io.longcat4j.Samples;

/**
 * What became of a sound.
 *
 * @param samples one channel at the rate that was asked for
 * @param more whether the sound goes on beyond the bound that was asked for
 */
public record DecodedAudio(Samples samples, boolean more) {}
