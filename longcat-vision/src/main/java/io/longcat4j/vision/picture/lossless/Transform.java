package io.longcat4j.vision.picture.lossless;

import io.longcat4j.spi.Cancellation;

/** What was done to the pixels before they were coded, and is to be undone. */
sealed interface Transform permits Prediction, ColourTransform, GreenSubtraction, ColourIndexing {
  /**
   * Undoes it.
   *
   * @param pixels as coded; may be changed
   * @param wanted asked from row to row
   * @return the pixels before
   */
  int[] undo(int[] pixels, Cancellation wanted);
}
