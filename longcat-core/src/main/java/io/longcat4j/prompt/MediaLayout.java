package io.longcat4j.prompt;

import io.longcat4j.VideoSampling;
import java.util.List;

/** How many placeholders one part of a message needs, and in what order. */
public sealed interface MediaLayout {

  /**
   * How many placeholders for pictures there are.
   *
   * @return at least 0
   */
  int imageTokens();

  /**
   * How many placeholders for sound there are.
   *
   * @return at least 0
   */
  int audioTokens();

  /**
   * A pair of frames, seen together.
   *
   * @param label text before its placeholders, such as {@code second{0.5}:}
   * @param tokens placeholders
   */
  record Pair(String label, int tokens) {
    /** Checks the components. */
    public Pair {
      requireCount(tokens);
    }
  }

  /**
   * An image.
   *
   * @param imageTokens placeholders
   */
  record OfImage(int imageTokens) implements MediaLayout {
    /** Checks the component. */
    public OfImage {
      requireCount(imageTokens);
    }

    @Override
    public int audioTokens() {
      return 0;
    }
  }

  /**
   * A sound.
   *
   * @param audioTokens placeholders, 80 ms each
   */
  record OfAudio(int audioTokens) implements MediaLayout {
    /** Checks the component. */
    public OfAudio {
      requireCount(audioTokens);
    }

    @Override
    public int imageTokens() {
      return 0;
    }
  }

  /**
   * A piece of a sound that comes bit by bit.
   *
   * @param audioTokens placeholders, 80 ms each
   * @param begins whether it is the first piece
   * @param ends whether it is the last one
   */
  record OfSoundPiece(int audioTokens, boolean begins, boolean ends) implements MediaLayout {
    /** Checks the component. */
    public OfSoundPiece {
      requireCount(audioTokens);
    }

    @Override
    public int imageTokens() {
      return 0;
    }
  }

  /**
   * A video without sound.
   *
   * @param pairs in order of time
   */
  record OfVideo(List<Pair> pairs) implements MediaLayout {
    /** Copies the component. */
    public OfVideo {
      pairs = List.copyOf(pairs);
    }

    @Override
    public int imageTokens() {
      return sum(pairs);
    }

    @Override
    public int audioTokens() {
      return 0;
    }
  }

  /**
   * A video and a sound that run together.
   *
   * @param pairs in order of time, at least one
   * @param audioTokens placeholders of the sound
   * @param strategy how they are laid beside each other
   * @param pairsPerSecond pairs in each chunk of one second under {@link
   *     VideoSampling.Strategy#SEQUENTIAL}
   */
  record OfInterleaved(
      List<Pair> pairs, int audioTokens, VideoSampling.Strategy strategy, int pairsPerSecond)
      implements MediaLayout {
    /** Checks and copies the components. */
    public OfInterleaved {
      pairs = List.copyOf(pairs);
      requireCount(audioTokens);
      if (pairs.isEmpty() || pairsPerSecond < 1) {
        throw new IllegalArgumentException(
            pairs.size()
                + " pairs of frames, "
                + pairsPerSecond
                + " a second, cannot be laid beside a sound; both must be at least 1");
      }
    }

    @Override
    public int imageTokens() {
      return sum(pairs);
    }

    /**
     * Placeholders of sound in a chunk of one second, but the last: a second is 12.5 of them.
     *
     * @param chunk from 0
     * @return 12 or 13
     */
    public static int audioTokensOf(int chunk) {
      return 12 + chunk % 2;
    }
  }

  private static int sum(List<Pair> pairs) {
    return pairs.stream().mapToInt(Pair::tokens).reduce(0, Math::addExact);
  }

  private static void requireCount(int tokens) {
    if (tokens < 0) {
      throw new IllegalArgumentException(tokens + " placeholders; pass at least 0");
    }
  }
}
