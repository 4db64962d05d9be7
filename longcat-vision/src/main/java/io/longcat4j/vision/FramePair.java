package io.longcat4j.vision;

import io.longcat4j.Pixels;

/**
 * Two frames that the encoder sees together, already resized; an image is its own pair.
 *
 * @param first the earlier frame
 * @param second the later frame, of the same size
 * @param grid the patches they make
 */
record FramePair(Pixels first, Pixels second, Grid grid) {}
