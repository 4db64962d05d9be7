package io.longcat4j.cli.pull;

import java.time.Duration;
import java.util.Locale;

/** Bytes and times as people read them. */
public final class Amount {
  private static final String[] UNITS = {"kB", "MB", "GB", "TB", "PB", "EB"};

  private Amount() {}

  /**
   * Bytes in units of a thousand.
   *
   * @param bytes at least 0
   * @return such as {@code 561.2 GB}
   */
  public static String bytes(long bytes) {
    double rest = (double) bytes;
    int unit = -1;
    while (rest >= 999.95 && unit < UNITS.length - 1) {
      rest /= 1000;
      unit++;
    }
    return unit < 0
        ? String.format(Locale.ROOT, "%.0f bytes", rest)
        : String.format(Locale.ROOT, "%.1f %s", rest, UNITS[unit]);
  }

  /**
   * A time in two units.
   *
   * @param time at least 0
   * @return such as {@code 2 h 5 min}, {@code 40 s}
   */
  public static String time(Duration time) {
    if (time.toHours() > 0) {
      return time.toHours() + " h " + time.toMinutesPart() + " min";
    }
    return time.toMinutes() > 0
        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
        : time.toSeconds() + " s";
  }
}
