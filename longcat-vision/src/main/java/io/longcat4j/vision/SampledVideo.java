package io.longcat4j.vision;

import io.longcat4j.Pixels;
import io.longcat4j.VideoSampling;
import java.util.List;

/**
 * The frames of a video that are looked at.
 *
 * @param frames an even number; frames {@code 2i} and {@code 2i + 1} are seen together
 * @param labels for each pair its time, such as {@code second{0.5}:}
 * @param strategy how the pairs are laid beside a sound
 * @param pairsPerSecond pairs in each chunk of one second under {@link
 *     VideoSampling.Strategy#SEQUENTIAL}
 * @param durationSeconds of the stretch that was looked at, as the reference counts it: for an
 *     interleaved part rounded up to whole seconds, otherwise the time of the last pair
 * @param warnings what was shortened or left out
 */
record SampledVideo(
    List<Pixels> frames,
    List<String> labels,
    VideoSampling.Strategy strategy,
    int pairsPerSecond,
    double durationSeconds,
    List<String> warnings) {
  /** Copies the components. */
  SampledVideo {
    frames = List.copyOf(frames);
    labels = List.copyOf(labels);
    warnings = List.copyOf(warnings);
  }
}
