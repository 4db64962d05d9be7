package io.longcat4j.vision.picture;

import io.longcat4j.Pixels;

/**
 * A decoded picture.
 *
 * @param pixels its pixels
 * @param orientation how they are still to be turned to stand upright
 */
public record Picture(Pixels pixels, Orientation orientation) {}
