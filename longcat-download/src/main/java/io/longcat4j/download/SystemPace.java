package io.longcat4j.download;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** The time of the clock. */
final class SystemPace implements Pace {
  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public long epochMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public void pause(Duration duration) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }

  @Override
  public Duration tick() {
    return Duration.ofMillis(250);
  }

  @Override
  public double jitter() {
    return ThreadLocalRandom.current().nextDouble();
  }
}
