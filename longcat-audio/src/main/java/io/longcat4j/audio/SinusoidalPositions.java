package io.longcat4j.audio;

/** Sines on even columns, cosines on odd ones, slower and slower. */
final class SinusoidalPositions {
  private static final double SLOWEST = 10000;

  private SinusoidalPositions() {}

  /** {@code [steps, width]} from a step on. */
  static float[] of(long first, int steps, int width) {
    float[] table = new float[Math.multiplyExact(steps, width)];
    for (int column = 0; column < width; column++) {
      int pair = column / 2;
      double frequency = Math.exp(-Math.log(SLOWEST) * 2 * pair / width);
      for (int step = 0; step < steps; step++) {
        double angle = (first + step) * frequency;
        double value = column % 2 == 0 ? Math.sin(angle) : Math.cos(angle);
        table[step * width + column] = (float) value;
      }
    }
    return table;
  }
}
