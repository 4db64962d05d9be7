package io.longcat4j.vision;

import io.longcat4j.VideoSampling;
import java.util.List;

/**
 * What {@link FrameSampling} chose.
 *
 * @param indices an even number of frame indices, in order; not to be changed
 * @param labels one for each pair of indices
 * @param strategy how the pairs are laid beside a sound
 * @param pairsPerSecond pairs for every second under {@link VideoSampling.Strategy#SEQUENTIAL}
 * @param averageFrames pairs in all under {@link VideoSampling.Strategy#AVERAGE}
 * @param durationSeconds of the stretch that is looked at, as the reference counts it
 */
record ChosenFrames(
    int[] indices,
    List<String> labels,
    VideoSampling.Strategy strategy,
    int pairsPerSecond,
    int averageFrames,
    double durationSeconds) {
  /** Copies the labels. */
  ChosenFrames {
    labels = List.copyOf(labels);
  }
}
