package io.longcat4j.stream;

/**
 * How long a frame of a voice sounds, which is known with the first sound. The model may have ended
 * by then, so that this is handed on and not the number. Thread-safe.
 */
public final class FrameLength {
  private volatile double seconds;

  /** Not known yet. */
  public FrameLength() {}

  /**
   * Makes it known.
   *
   * @param length above 0
   */
  public void set(double length) {
    seconds = length;
  }

  /**
   * How long.
   *
   * @return seconds; 0 before the first sound
   */
  public double seconds() {
    return seconds;
  }
}
