package io.longcat4j;

import java.util.Arrays;

/**
 * Decoded sound: one channel of samples between -1 and 1.
 *
 * @param values the samples; copied on the way in and out
 * @param sampleRateHz samples a second, at least 1
 */
public record Samples(float[] values, int sampleRateHz) {
  /** Checks and copies the components. */
  public Samples {
    if (sampleRateHz < 1) {
      throw new InvalidRequestException(
          "A sample rate of " + sampleRateHz + " Hz is impossible; pass samples per second");
    }
    values = values.clone();
  }

  @Override
  public float[] values() {
    return values.clone();
  }

  /**
   * How many samples there are.
   *
   * @return at least 0
   */
  public int count() {
    return values.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Samples that
        && sampleRateHz == that.sampleRateHz
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * sampleRateHz + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "Samples[" + values.length + " at " + sampleRateHz + " Hz]";
  }
}
