package io.longcat4j;

import java.util.List;

/**
 * Decoded frames that the caller has already sampled.
 *
 * @param frames an even number of pictures of one size; frames {@code 2i} and {@code 2i + 1} are
 *     seen together
 * @param pairSeconds for each pair of frames the time it was taken at, in seconds, at least 0
 */
public record VideoFrames(List<Pixels> frames, List<Double> pairSeconds) {
  /** Checks and copies the components. */
  public VideoFrames {
    frames = List.copyOf(frames);
    pairSeconds = List.copyOf(pairSeconds);
    if (frames.isEmpty() || frames.size() % 2 != 0) {
      throw new InvalidRequestException(
          "A video of "
              + frames.size()
              + " frames was given, but frames are seen in pairs; pass an even number, at least 2"
              + " (repeat the last frame if needed)");
    }
    if (pairSeconds.size() != frames.size() / 2) {
      throw new InvalidRequestException(
          frames.size() / 2
              + " pairs of frames need as many times, but "
              + pairSeconds.size()
              + " were given; pass one time in seconds for each pair");
    }
    Pixels first = frames.get(0);
    for (Pixels frame : frames) {
      if (frame.width() != first.width() || frame.height() != first.height()) {
        throw new InvalidRequestException(
            "A video's frames must have one size, but "
                + first
                + " and "
                + frame
                + " were given; scale them to one size");
      }
    }
  }
}
