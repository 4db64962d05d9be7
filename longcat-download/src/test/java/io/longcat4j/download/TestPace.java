package io.longcat4j.download;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes only where somebody waits, and by a step whenever it is looked at. */
final class TestPace implements Pace {
  final List<Duration> pauses = new CopyOnWriteArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final long stepNanos;

  TestPace() {
    this(Duration.ZERO);
  }

  TestPace(Duration step) {
    this.stepNanos = step.toNanos();
  }

  @Override
  public long nanos() {
    return nanos.addAndGet(stepNanos);
  }

  @Override
  public long epochMillis() {
    return 1_000_000_000_000L + nanos.get() / 1_000_000;
  }

  @Override
  public void pause(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    pauses.add(duration);
    nanos.addAndGet(duration.toNanos());
  }

  @Override
  public Duration tick() {
    return Duration.ofMillis(1);
  }

  @Override
  public double jitter() {
    return 0;
  }
}
