package io.longcat4j.compute;

/**
 * Rotary position embedding over interleaved pairs.
 *
 * @param inverseFrequencies angle of pair {@code i} at position 1; not to be changed
 * @param magnitude factor of sine and cosine, 1 without YaRN
 */
public record Rotary(double[] inverseFrequencies, double magnitude) {
  /**
   * Columns that are rotated.
   *
   * @return twice the pairs
   */
  public int columns() {
    return 2 * inverseFrequencies.length;
  }
}
