package io.longcat4j.vision;

import io.longcat4j.InvalidRequestException;
import io.longcat4j.MediaException;
import io.longcat4j.VideoSampling;
import java.util.ArrayList;
import java.util.List;

/**
 * The rule for a video with sound beside it. Under {@link VideoSampling.Strategy#SEQUENTIAL}, pairs
 * of frames at an even distance, a given number for every begun second; more than {@link
 * VideoSampling#maxFrames()} pairs become that many spread over the stretch, laid out as {@link
 * VideoSampling.Strategy#AVERAGE}.
 *
 * <p>The reference leaves its sound alone: neither the stretch nor the number of frames nor the
 * video's length cuts it, and the 120 s limit of a plain sound does not hold for it either; a file
 * with a sound of its own beside a sound track has both, the track first.
 */
final class InterleavedSampling {
  /** Positions of the published model: more pairs than that never fit. */
  private static final int MAX_PAIRS = 131_072;

  private final int frameCount;
  private final double framesPerSecond;

  InterleavedSampling(int frameCount, double framesPerSecond) {
    this.frameCount = frameCount;
    this.framesPerSecond = framesPerSecond;
  }

  /** First and last frame of the stretch that is looked at. */
  private record Stretch(int first, int last) {
    int frames() {
      return last - first + 1;
    }
  }

  ChosenFrames choose(VideoSampling sampling) {
    Stretch stretch = sampling.bound().map(this::within).orElse(new Stretch(0, frameCount - 1));
    int duration = (int) Math.ceil(stretch.frames() / framesPerSecond);
    long pairs = (long) sampling.framesPerSecond() * duration;
    if (sampling.strategy() == VideoSampling.Strategy.AVERAGE) {
      return average(sampling, sampling.averageFrames(), stretch, duration);
    }
    if (sampling.maxFrames() > 0 && pairs > sampling.maxFrames()) {
      return average(sampling, sampling.maxFrames(), stretch, duration);
    }
    requireFewerThanPositions(pairs);
    double end = duration * framesPerSecond + stretch.first();
    return chosen(
        sampling,
        spread(stretch.first(), end, Math.toIntExact(2 * pairs), stretch.last()),
        VideoSampling.Strategy.SEQUENTIAL,
        sampling.averageFrames(),
        duration);
  }

  private static void requireFewerThanPositions(long pairs) {
    if (pairs > MAX_PAIRS) {
      throw new InvalidRequestException(
          "The video needs "
              + pairs
              + " pairs of frames, but the model has "
              + MAX_PAIRS
              + " positions; set VideoSampling.maxFrames or a shorter bound");
    }
  }

  private Stretch within(VideoSampling.Bound bound) {
    double seconds = frameCount / framesPerSecond;
    int first = (int) Math.ceil(Math.min(bound.startSeconds(), seconds) * framesPerSecond);
    int last = (int) Math.floor(Math.min(bound.endSeconds(), seconds) * framesPerSecond);
    Stretch stretch = new Stretch(first, Math.min(last, frameCount - 1));
    if (stretch.frames() < 1) {
      throw new MediaException(
          "The stretch from "
              + bound.startSeconds()
              + " to "
              + bound.endSeconds()
              + " s holds no frame of a video of "
              + seconds
              + " s; choose a stretch inside the video");
    }
    return stretch;
  }

  private ChosenFrames average(
      VideoSampling sampling, int pairs, Stretch stretch, double duration) {
    int[] indices =
        spread(stretch.first(), stretch.last(), Math.multiplyExact(2, pairs), stretch.last());
    return chosen(sampling, indices, VideoSampling.Strategy.AVERAGE, pairs, duration);
  }

  private ChosenFrames chosen(
      VideoSampling sampling,
      int[] indices,
      VideoSampling.Strategy strategy,
      int averageFrames,
      double duration) {
    List<String> labels = new ArrayList<>(indices.length / 2);
    for (int i = 0; i < indices.length; i += 2) {
      labels.add(
          SecondLabels.halfEven(indices[i] / framesPerSecond + sampling.timeOffsetSeconds()));
    }
    return new ChosenFrames(
        indices, labels, strategy, sampling.framesPerSecond(), averageFrames, duration);
  }

  private static int[] spread(double start, double end, int count, int last) {
    float[] points = EvenPoints.between((float) start, (float) end, count);
    int[] indices = new int[count];
    for (int i = 0; i < count; i++) {
      indices[i] = (int) Math.min(Math.rint(points[i]), last);
    }
    return indices;
  }
}
