package io.longcat4j.vision;

import static io.longcat4j.vision.FrameSampling.MAX_FRAMES;
import static io.longcat4j.vision.FrameSampling.roundHalfUp;

import io.longcat4j.MediaException;
import io.longcat4j.VideoSampling;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * The rule for a video without sound beside it: one frame every two seconds up to 8 s, one or more
 * a second beyond, but at least 16 in all at up to 4 a second, and at most {@link
 * FrameSampling#MAX_FRAMES} spread evenly.
 *
 * <p>Labels are the times of the frames first chosen; the frames themselves are moved before the
 * last five, which decoders are said not to give reliably ({@code abandon_size}). In videos of so
 * few frames that this gives a negative index, it counts from the end.
 */
final class OfflineSampling {
  private static final double SHORT_SECONDS = 8;
  private static final double SHORT_RATE = 0.5;
  private static final double RAISED_MIN_FRAMES = 16;
  private static final double RAISED_MAX_RATE = 4;
  private static final int ABANDONED_FRAMES = 5;

  /** Videos of a very low rate repeat frames without the usual bound; this bounds a forged rate. */
  private static final double MAX_REPEATED_FRAMES = 1 << 16;

  private final int frameCount;
  private final double framesPerSecond;

  OfflineSampling(int frameCount, double framesPerSecond) {
    this.frameCount = frameCount;
    this.framesPerSecond = framesPerSecond;
  }

  ChosenFrames choose(VideoSampling sampling) {
    List<Integer> chosen = sampling.bound().map(this::within).orElseGet(this::everywhere);
    if (chosen.size() % 2 != 0) {
      chosen.add(chosen.get(chosen.size() - 1));
    }
    List<String> labels = new ArrayList<>();
    double duration = 0;
    for (int i = 0; i < chosen.size(); i += 2) {
      double seconds = tenths(chosen.get(i) / framesPerSecond);
      duration = Math.max(duration, seconds);
      double offset = sampling.timeOffsetSeconds();
      labels.add(
          offset > 0 ? SecondLabels.halfEven(seconds + offset) : SecondLabels.halfUp(seconds));
    }
    return new ChosenFrames(
        chosen.stream().mapToInt(this::reliable).toArray(),
        labels,
        sampling.strategy(),
        sampling.framesPerSecond(),
        sampling.averageFrames(),
        duration);
  }

  private static double tenths(double seconds) {
    return SecondLabels.rounded(seconds, RoundingMode.HALF_UP).doubleValue();
  }

  private List<Integer> everywhere() {
    int last = frameCount - 1;
    return between(0, last, rate(last / framesPerSecond));
  }

  private List<Integer> within(VideoSampling.Bound bound) {
    int start = roundHalfUp(bound.startSeconds() * framesPerSecond);
    int end = Math.min(roundHalfUp(bound.endSeconds() * framesPerSecond), frameCount - 1);
    if (start >= end && frameCount > 1) {
      throw new MediaException(
          "The stretch from "
              + bound.startSeconds()
              + " to "
              + bound.endSeconds()
              + " s holds no frame of a video of "
              + frameCount / framesPerSecond
              + " s; choose a stretch inside the video");
    }
    return between(start, end, rate(bound.endSeconds() - bound.startSeconds()));
  }

  private static double rate(double seconds) {
    return seconds <= SHORT_SECONDS ? SHORT_RATE : Math.ceil(seconds / MAX_FRAMES);
  }

  private List<Integer> between(int start, int end, double rate) {
    if (end <= start) {
      return new ArrayList<>(List.of(start));
    }
    if (framesPerSecond <= rate) {
      boolean sane = (end - start) * rate <= MAX_REPEATED_FRAMES;
      return sane ? floors(start, end, 1 / rate) : spread(start, end - 1);
    }
    List<Integer> chosen = centres(start, end, roundHalfUp(framesPerSecond / rate));
    double raised =
        Math.min(RAISED_MIN_FRAMES / ((end - start) / framesPerSecond), RAISED_MAX_RATE);
    if (raised > rate) {
      chosen = centres(start, end, roundHalfUp(framesPerSecond / raised));
    }
    return chosen.size() > MAX_FRAMES ? spread(start, end - 1) : chosen;
  }

  private static List<Integer> floors(int start, int end, double step) {
    double delta = start + step - start;
    int count = (int) Math.ceil((end - start) / step);
    List<Integer> chosen = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      chosen.add((int) Math.floor(start + i * delta));
    }
    return chosen;
  }

  private static List<Integer> centres(int start, int end, int segment) {
    int step = Math.max(1, segment);
    List<Integer> chosen = new ArrayList<>();
    for (double at = start + segment / 2.0; at < end; at += step) {
      chosen.add(Math.min(roundHalfUp(at), end - 1));
    }
    if (chosen.isEmpty()) {
      chosen.add(end - 1);
    }
    return chosen;
  }

  private static List<Integer> spread(int first, int last) {
    double step = (last - first) / (double) (MAX_FRAMES - 1);
    List<Integer> chosen = new ArrayList<>(MAX_FRAMES);
    for (int i = 0; i < MAX_FRAMES - 1; i++) {
      chosen.add((int) (i * step + first));
    }
    chosen.add(last);
    return chosen;
  }

  private int reliable(int index) {
    int kept = Math.min(index, frameCount - 1 - ABANDONED_FRAMES);
    return Math.max(0, kept < 0 ? kept + frameCount : kept);
  }
}
