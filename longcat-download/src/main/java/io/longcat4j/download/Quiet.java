package io.longcat4j.download;

import java.time.Duration;
import java.util.Optional;

/** The time for which a hub wants to be left alone, by all connections. Thread-safe. */
final class Quiet {
  /** Who is asked to wait longer would rather know. */
  private static final Duration MOST = Duration.ofHours(1);

  private final Pace pace;
  private boolean wanted;
  private long until;

  Quiet(Pace pace) {
    this.pace = pace;
  }

  /** Everybody waits from now on. */
  synchronized void ask(Duration duration) {
    if (duration.compareTo(MOST) > 0) {
      throw new DownloadException(
          "The hub wants no further request for "
              + duration.toMinutes()
              + " minutes (rate limit); run the same download later, with a token if there was"
              + " none, and with fewer connections");
    }
    long end = pace.nanos() + duration.toNanos();
    until = wanted ? until + Math.max(0, end - until) : end;
    wanted = true;
  }

  /** Waits until the time is over. */
  void await() throws InterruptedException {
    for (Duration left = left(); !left.isZero(); left = left()) {
      pace.pause(left);
    }
  }

  /** For people who wonder why nothing comes. */
  Optional<String> note() {
    Duration left = left();
    return left.isZero()
        ? Optional.empty()
        : Optional.of("the hub asked for " + (left.toSeconds() + 1) + " s of patience");
  }

  private synchronized Duration left() {
    if (wanted && until - pace.nanos() > 0) {
      return Duration.ofNanos(until - pace.nanos());
    }
    wanted = false;
    return Duration.ZERO;
  }
}
