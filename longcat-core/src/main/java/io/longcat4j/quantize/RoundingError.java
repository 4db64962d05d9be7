package io.longcat4j.quantize;

/**
 * What rounding changed.
 *
 * @param weights how many
 * @param signal sum of the squared weights
 * @param noise sum of the squared changes
 */
public record RoundingError(long weights, double signal, double noise) {
  static final RoundingError NONE = new RoundingError(0, 0, 0);

  RoundingError plus(RoundingError other) {
    return new RoundingError(weights + other.weights, signal + other.signal, noise + other.noise);
  }

  /**
   * The root mean square of the changes, relative to that of the weights.
   *
   * @return 0 for weights that are all zero
   */
  public double relative() {
    return signal == 0 ? 0 : Math.sqrt(noise / signal);
  }
}
