package io.longcat4j.download;

import java.time.Duration;

/** Time as downloads use it; tests have their own. */
interface Pace {
  /** Nanoseconds since whenever. */
  long nanos();

  /** Milliseconds since 1970. */
  long epochMillis();

  /** Waits. */
  void pause(Duration duration) throws InterruptedException;

  /** How often progress is told and silence noticed. */
  Duration tick();

  /** Between 0 and 1: how much of a pause is left out, so that not all come back at once. */
  double jitter();
}
