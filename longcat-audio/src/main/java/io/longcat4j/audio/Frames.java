package io.longcat4j.audio;

/**
 * Vectors over time, one for each frame.
 *
 * @param count how many frames
 * @param width numbers in each
 * @param values {@code count * width} numbers, frame by frame; not copied, not to be changed
 */
public record Frames(int count, int width, float[] values) {
  /** Checks the components. */
  public Frames {
    if (values.length != (long) count * width) {
      throw new IllegalArgumentException(
          count + " frames of " + width + " do not fit " + values.length + " values");
    }
  }
}
