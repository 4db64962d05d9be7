package io.longcat4j.vision;

import io.longcat4j.Pixels;
import java.util.function.UnaryOperator;

/**
 * Tells how to make frames smaller as soon as each is decoded, so that a long video fits memory.
 */
@FunctionalInterface
interface FrameShaper {
  /**
   * Chooses the change for the frames of one video.
   *
   * @param frames how many there will be, repeats counted
   * @param width of each in pixels
   * @param height of each in pixels
   * @return applied to each different frame once; all results have one size
   */
  UnaryOperator<Pixels> shape(int frames, int width, int height);
}
