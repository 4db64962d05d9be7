package io.longcat4j.prompt;

import io.longcat4j.VideoSampling;
import java.util.List;

/** How many placeholders one part of a message needs, and in what order. */
public sealed interface MediaLayout {

  /**
   * A pair of frames, seen together.
   *
   * @param label text before its placeholders, such as {@code second{0.5}:}
   * @param tokens placeholders
   */
  record Pair(String label, int tokens) {}

  /**
   * An image.
   *
   * @param tokens placeholders
   */
  record OfImage(int tokens) implements MediaLayout {}

  /**
   * A sound.
   *
   * @param tokens placeholders, 80 ms each
   */
  record OfAudio(int tokens) implements MediaLayout {}

  /**
   * A video without sound.
   *
   * @param pairs in order of time
   */
  record OfVideo(List<Pair> pairs) implements MediaLayout {}

  /**
   * A video and a sound that run together.
   *
   * @param pairs in order of time
   * @param audioTokens placeholders of the sound
   * @param strategy how they are laid beside each other
   * @param pairsPerSecond pairs in each chunk of one second under {@link
   *     VideoSampling.Strategy#SEQUENTIAL}
   */
  record OfInterleaved(
      List<Pair> pairs, int audioTokens, VideoSampling.Strategy strategy, int pairsPerSecond)
      implements MediaLayout {}
}
