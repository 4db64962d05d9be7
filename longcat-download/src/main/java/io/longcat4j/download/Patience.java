package io.longcat4j.download;

import java.io.IOException;
import java.time.Duration;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * How often something is tried again: pauses double from half a second to a minute, and a number of
 * attempts in a row may bring nothing. Not thread-safe.
 */
final class Patience {
  private static final long FIRST_MILLIS = 500;
  private static final int DOUBLINGS = 7;

  private final String what;
  private final int retries;
  private final Pace pace;
  private int fruitless;

  Patience(String what, int retries, Pace pace) {
    this.what = what;
    this.retries = retries;
    this.pace = pace;
  }

  /** Something came. */
  void progressed() {
    fruitless = 0;
  }

  /** Waits for the next attempt, or tells that there is none. */
  void failed(IOException why) throws InterruptedException {
    if (fruitless == retries) {
      throw new DownloadException(
          what
              + " failed "
              + (retries + 1)
              + " times in a row, at last because "
              + reason(why)
              + "; look at the connection and run the same download again, it goes on where it"
              + " ended",
          why);
    }
    long millis = FIRST_MILLIS << Math.min(fruitless, DOUBLINGS);
    fruitless++;
    pace.pause(Duration.ofMillis(Math.round(millis * (1 - pace.jitter() / 2))));
  }

  /** Some exceptions of the JDK have no message but their cause's, and some say little. */
  private static String reason(IOException why) {
    StringJoiner reasons = new StringJoiner(": ");
    for (@Nullable Throwable at = why; at != null; at = at.getCause()) {
      if (at.getMessage() != null && !at.getMessage().isBlank()) {
        reasons.add(at.getMessage());
      }
    }
    return reasons.length() > 0 ? reasons.toString() : "of " + why.getClass().getSimpleName();
  }
}
