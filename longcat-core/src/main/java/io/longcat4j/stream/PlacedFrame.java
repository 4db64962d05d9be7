package io.longcat4j.stream;

import io.longcat4j.CodecFrame;

/**
 * A frame of sound and the stretch of text that it speaks of.
 *
 * @param frame what sounds
 * @param textStart where the stretch begins, in characters of the reply
 * @param textEnd where it ended when the frame was made
 */
record PlacedFrame(CodecFrame frame, int textStart, int textEnd) {}
