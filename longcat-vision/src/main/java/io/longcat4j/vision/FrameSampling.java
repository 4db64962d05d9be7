package io.longcat4j.vision;

import io.longcat4j.VideoSampling;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Constants and arithmetic that both rules of frame sampling share, from the published demo. */
final class FrameSampling {
  /** Pairs of frames a {@code Video} part may have ({@code max_frame_num} of the demo). */
  static final int MAX_PAIRS = 128;

  /** Frames a {@code Video} part may have. */
  static final int MAX_FRAMES = 2 * MAX_PAIRS;

  private FrameSampling() {}

  /**
   * Chooses the frames of a {@code Video} part, which has no sound beside it.
   *
   * @param frameCount frames in the file
   * @param framesPerSecond of the file
   * @param sampling stretch and time offset; its strategy is ignored
   * @return the chosen frames
   * @throws io.longcat4j.MediaException if the stretch lies outside the video
   */
  static ChosenFrames offline(int frameCount, double framesPerSecond, VideoSampling sampling) {
    return new OfflineSampling(frameCount, framesPerSecond).choose(sampling);
  }

  /**
   * Chooses the frames of an {@code Interleaved} part.
   *
   * @param frameCount frames in the file
   * @param framesPerSecond of the file
   * @param sampling how
   * @return the chosen frames
   * @throws io.longcat4j.MediaException if the stretch lies outside the video
   */
  static ChosenFrames interleaved(int frameCount, double framesPerSecond, VideoSampling sampling) {
    return new InterleavedSampling(frameCount, framesPerSecond).choose(sampling);
  }

  /** Rounds the exact value of a number to an integer, halves away from zero. */
  static int roundHalfUp(double value) {
    BigDecimal rounded = new BigDecimal(value).setScale(0, RoundingMode.HALF_UP);
    return rounded.min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValueExact();
  }
}
