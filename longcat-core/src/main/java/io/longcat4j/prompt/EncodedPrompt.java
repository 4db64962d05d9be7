package io.longcat4j.prompt;

import java.util.List;

/**
 * A conversation as the model reads it.
 *
 * @param ids of all positions; not copied, not to be changed
 * @param text the same as text, with markers; for people, not for encoding again
 * @param media for each media part of the prompt, in order, where its rows go
 */
public record EncodedPrompt(int[] ids, String text, List<Placement> media) {
  /** Copies the list. */
  public EncodedPrompt {
    media = List.copyOf(media);
  }

  /**
   * Consecutive positions.
   *
   * @param start index of the first in {@link EncodedPrompt#ids()}
   * @param length how many, at least 1
   */
  public record Run(int start, int length) {}

  /**
   * Where the rows of one media part go.
   *
   * @param image positions of rows of pictures, in order
   * @param audio positions of rows of sound, in order
   */
  public record Placement(List<Run> image, List<Run> audio) {
    /** Copies the lists. */
    public Placement {
      image = List.copyOf(image);
      audio = List.copyOf(audio);
    }

    /**
     * How many rows of pictures go in.
     *
     * @return at least 0
     */
    public int imageRows() {
      return image.stream().mapToInt(Run::length).sum();
    }

    /**
     * How many rows of sound go in.
     *
     * @return at least 0
     */
    public int audioRows() {
      return audio.stream().mapToInt(Run::length).sum();
    }

    /**
     * Checks before splicing that every placeholder has its row.
     *
     * @param imageRows rows of pictures at hand
     * @param audioRows rows of sound at hand
     * @throws IllegalArgumentException if a count differs
     */
    public void requireRows(int imageRows, int audioRows) {
      requireSame("picture", imageRows(), imageRows);
      requireSame("sound", audioRows(), audioRows);
    }

    private static void requireSame(String what, int placeholders, int rows) {
      if (placeholders != rows) {
        throw new IllegalArgumentException(
            rows
                + " rows of "
                + what
                + " do not fit "
                + placeholders
                + " placeholders; encode the prompt with the layouts of the same rows");
      }
    }
  }
}
