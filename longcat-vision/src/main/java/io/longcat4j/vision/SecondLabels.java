package io.longcat4j.vision;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The text that tells the model when a pair of frames was taken. Always with a dot and one decimal,
 * whatever the locale.
 */
final class SecondLabels {
  private SecondLabels() {}

  /** Rounds the exact value of the number to one decimal, halves to even, as {@code %.1f} does. */
  static String halfEven(double seconds) {
    return label(rounded(seconds, RoundingMode.HALF_EVEN), seconds < 0);
  }

  /** Rounds the exact value of the number to one decimal, halves up. */
  static String halfUp(double seconds) {
    return label(rounded(seconds, RoundingMode.HALF_UP), seconds < 0);
  }

  static BigDecimal rounded(double seconds, RoundingMode mode) {
    return new BigDecimal(seconds).setScale(1, mode);
  }

  private static String label(BigDecimal seconds, boolean negative) {
    boolean negativeZero = negative && seconds.signum() == 0;
    return "second{" + (negativeZero ? "-" : "") + seconds.toPlainString() + "}:";
  }
}
