package io.longcat4j.benchmarks;

import java.util.Locale;

/** How numbers are written. */
final class Figures {
  private static final int DIGITS = 4;

  private Figures() {}

  /** Four significant digits; more would be noise. */
  static double rounded(double value) {
    return value == 0 || !Double.isFinite(value)
        ? 0
        : Double.parseDouble(String.format(Locale.ROOT, "%." + (DIGITS - 1) + "e", value));
  }

  static String fixed(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  static String percent(double share) {
    return fixed(100 * share, 1) + " %";
  }

  static String gigabytes(double bytes) {
    return fixed(bytes / 1e9, 2) + " GB";
  }

  static String gigabytes(long bytes) {
    return gigabytes((double) bytes);
  }

  static String milliseconds(double seconds) {
    return fixed(seconds * 1e3, 2) + " ms";
  }
}
