package io.longcat4j.download;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The rate of the last half minute. Not thread-safe. */
final class Meter {
  private static final long WINDOW = Duration.ofSeconds(30).toNanos();

  private final Deque<Moment> moments = new ArrayDeque<>();

  private record Moment(long nanos, long bytes) {}

  /** At this time so many bytes had come in all. */
  void see(long nanos, long bytes) {
    moments.addLast(new Moment(nanos, bytes));
    while (moments.size() > 2 && nanos - moments.getFirst().nanos() > WINDOW) {
      moments.removeFirst();
    }
  }

  double bytesPerSecond() {
    if (moments.size() < 2) {
      return 0;
    }
    long nanos = moments.getLast().nanos() - moments.getFirst().nanos();
    long bytes = moments.getLast().bytes() - moments.getFirst().bytes();
    return nanos <= 0 ? 0 : bytes * 1e9 / nanos;
  }

  /** Empty where nothing comes. */
  Optional<Duration> timeFor(long bytes) {
    double rate = bytesPerSecond();
    return rate > 0 ? Optional.of(Duration.ofSeconds((long) (bytes / rate))) : Optional.empty();
  }
}
