package io.longcat4j.engine;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.Pixels;
import io.longcat4j.VideoFrames;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses two frames of every second, the first of each half; one that is alone in its second is
 * taken twice. Not thread-safe.
 */
final class LiveFrames {
  private int settled;
  private @Nullable Pixels size;
  private @Nullable Frame first;

  /** A frame that waits for another one of its second. */
  private record Frame(Pixels pixels, double seconds) {}

  /**
   * Two frames.
   *
   * @param second that they are of
   * @param frames both
   */
  record Pair(int second, VideoFrames frames) {}

  /** Another one that goes on from here by itself. */
  LiveFrames copy() {
    LiveFrames copy = new LiveFrames();
    copy.settled = settled;
    copy.size = size;
    copy.first = first;
    return copy;
  }

  /** Seconds whose frames are known, or known to be missing. */
  int settled() {
    return settled;
  }

  /** The pairs that a frame makes known. */
  List<Pair> show(Pixels frame, double seconds) {
    requireSize(frame);
    int second = (int) seconds;
    if (second < settled) {
      return List.of();
    }
    List<Pair> pairs = new ArrayList<>(pass(second));
    boolean late = seconds - second >= 0.5;
    if (first != null && late) {
      pairs.add(pair(first, frame));
    } else if (first == null && late) {
      pairs.add(pair(new Frame(frame, seconds), frame));
    } else if (first == null) {
      first = new Frame(frame, seconds);
    }
    return pairs;
  }

  /** The pair that is known, if any, because all seconds before some second are over. */
  List<Pair> pass(int second) {
    if (second <= settled) {
      return List.of();
    }
    List<Pair> pairs = first == null ? List.of() : List.of(pair(first, first.pixels));
    settled = second;
    return pairs;
  }

  /** The pair that is known, if any, because no frame follows. */
  List<Pair> finish() {
    return pass(settled + 1);
  }

  private Pair pair(Frame one, Pixels two) {
    Pair pair = new Pair(settled, new VideoFrames(List.of(one.pixels, two), List.of(one.seconds)));
    first = null;
    settled++;
    return pair;
  }

  private void requireSize(Pixels frame) {
    Pixels expected = size == null ? frame : size;
    if (frame.width() != expected.width() || frame.height() != expected.height()) {
      throw new InvalidRequestException(
          "A video's frames must have one size, but "
              + expected
              + " and "
              + frame
              + " were given; scale them to one size, or open another part");
    }
    size = expected;
  }
}
