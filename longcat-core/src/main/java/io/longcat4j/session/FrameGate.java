package io.longcat4j.session;

import io.longcat4j.InvalidRequestException;

/**
 * Lets two frames of a second through, the first of each half, however many are shown. Thread-safe.
 */
final class FrameGate {
  /** Frames on their way to be looked at. */
  private static final int MOST = 32;

  private long half = -1;
  private double last;
  private int waiting;

  /**
   * Whether a frame is looked at; it then {@link #leave}s.
   *
   * @throws InvalidRequestException if it was taken before the last one, or before the session
   */
  synchronized boolean enter(double seconds) {
    if (!(seconds >= last)) {
      throw new InvalidRequestException(
          "A frame of "
              + seconds
              + " s was shown after one of "
              + last
              + " s; show frames in their order, with times from the first sample of the session");
    }
    last = seconds;
    long of = (long) (seconds * 2);
    if (of <= half || waiting == MOST) {
      return false;
    }
    half = of;
    waiting++;
    return true;
  }

  synchronized void leave() {
    waiting--;
  }
}
