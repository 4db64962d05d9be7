package io.longcat4j.session;

import io.longcat4j.Pixels;
import io.longcat4j.Video;
import io.longcat4j.VideoFrames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Pictures of the time in which nobody speaks to the model: the first of every two seconds, of them
 * the last so many. Not thread-safe.
 */
final class Glances {
  private static final double SECONDS = 2;

  private final int most;
  private final Deque<SeenFrame> kept = new ArrayDeque<>();
  private long chunk = -1;

  Glances(int most) {
    this.most = most;
  }

  /** Keeps a frame, if it is the first of its two seconds. */
  void show(SeenFrame frame) {
    long of = (long) (frame.seconds() / SECONDS);
    if (of > chunk) {
      chunk = of;
      kept.add(frame);
      if (kept.size() > most) {
        kept.remove();
      }
    }
  }

  /** What was kept, as videos of one size each, which it is not any more. */
  List<Video> take() {
    List<Video> videos = new ArrayList<>();
    while (!kept.isEmpty()) {
      videos.add(ofOneSize());
    }
    return videos;
  }

  private Video ofOneSize() {
    List<Pixels> frames = new ArrayList<>();
    List<Double> times = new ArrayList<>();
    SeenFrame first = kept.element();
    while (!kept.isEmpty() && isAsLarge(kept.element().pixels(), first.pixels())) {
      SeenFrame frame = kept.remove();
      // A pair of frames is seen together; one that is alone is seen twice.
      frames.add(frame.pixels());
      frames.add(frame.pixels());
      times.add(frame.seconds() - first.seconds());
    }
    return Video.of(new VideoFrames(frames, times));
  }

  static boolean isAsLarge(Pixels one, Pixels other) {
    return one.width() == other.width() && one.height() == other.height();
  }
}
