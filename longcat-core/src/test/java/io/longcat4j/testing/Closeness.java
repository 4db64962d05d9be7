package io.longcat4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares computed with expected numbers. */
public final class Closeness {
  /** The share of the largest magnitude by which a right F32 implementation may be off. */
  public static final double RELATIVE = 1e-3;

  private Closeness() {}

  /** At most {@link #RELATIVE} of the largest expected magnitude off. */
  public static void assertClose(String what, float[] actual, float[] expected) {
    double magnitude = 0;
    for (float value : expected) {
      magnitude = Math.max(magnitude, Math.abs(value));
    }
    assertWithin(what, actual, expected, RELATIVE * magnitude);
  }

  /** At most {@code tolerance} off. */
  public static void assertWithin(String what, float[] actual, float[] expected, double tolerance) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double worst = 0;
    int at = 0;
    for (int i = 0; i < actual.length; i++) {
      double error = Math.abs((double) actual[i] - expected[i]);
      if (!(error <= worst)) {
        worst = error;
        at = i;
      }
    }
    assertThat(worst)
        .as(
            "%s: largest error, at %d of %d, computed %s, expected %s",
            what, at, actual.length, actual[at], expected[at])
        .isLessThanOrEqualTo(tolerance);
  }
}
