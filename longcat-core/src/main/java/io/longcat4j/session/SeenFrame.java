package io.longcat4j.session;

import io.longcat4j.Pixels;

/**
 * A picture of the camera.
 *
 * @param pixels what it shows
 * @param seconds when it was taken, from the first sample of the session
 */
record SeenFrame(Pixels pixels, double seconds) {}
