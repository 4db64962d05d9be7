package io.longcat4j.media;

import io.longcat4j.MediaException;

/**
 * What a sample of a sound can be. Floats reach beyond 1 where a sound was not clipped, and up to
 * 2^31 where a program forgot to divide integers; what lies beyond is no sound, and its energy
 * would overflow in the encoder.
 */
public final class SampleRange {
  private static final float LARGEST = 0x1p31f;

  private SampleRange() {}

  /**
   * Refuses samples that are not finite or too large. Thread-safe.
   *
   * @param name of the sound, for the message
   * @param samples one channel
   * @param count how many of them are looked at
   * @param before how many samples of the sound came before these
   * @throws MediaException that names the first such sample
   */
  public static void require(String name, float[] samples, int count, long before) {
    for (int i = 0; i < count; i++) {
      if (!(Math.abs(samples[i]) <= LARGEST)) {
        throw new MediaException(
            name
                + ": sample "
                + (before + i)
                + " is "
                + samples[i]
                + ", which is not a finite number of a sound's size; samples lie between -1 and 1,"
                + " so scale them, or write the file again");
      }
    }
  }
}
