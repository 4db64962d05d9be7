package io.longcat4j.vision;

/**
 * Evenly spaced numbers in single precision, bit for bit as the reference's tensor library computes
 * them. Bits matter: the points are rounded to frame indices, and many lie half-way between two. It
 * works on groups of eight, each from a base of its own, forwards in the first half and backwards
 * from the end in the second.
 */
final class EvenPoints {
  private static final int GROUP = 8;

  private EvenPoints() {}

  static float[] between(float start, float end, int count) {
    float[] points = new float[count];
    if (count == 1) {
      points[0] = start;
      return points;
    }
    float step = (end - start) / (count - 1);
    int grouped = count - count % GROUP;
    for (int i = 0; i < count; i++) {
      int base = i < grouped ? i - i % GROUP : i;
      points[i] = base(start, end, step, base, count) + step * (i - base);
    }
    return points;
  }

  private static float base(float start, float end, float step, int index, int count) {
    return index < count / 2
        ? Math.fma(step, (float) index, start)
        : Math.fma(-step, (float) (count - 1 - index), end);
  }
}
