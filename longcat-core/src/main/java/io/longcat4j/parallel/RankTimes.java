package io.longcat4j.parallel;

import java.time.Duration;

/**
 * How long ranks wait for each other. Immutable.
 *
 * @param patience after which a rank that is not heard of, or that others wait for in a collective,
 *     has failed; positive. Ten times the time between two signs of life
 * @param joining after which a rank that has not come has failed, positive
 * @param starting after which a rank that has come and does not make its collectives has failed: it
 *     opens its backend meanwhile, and gives signs of life; at least the patience
 */
public record RankTimes(Duration patience, Duration joining, Duration starting) {
  private static final int SIGNS_OF_LIFE = 10;

  /** 10 s of patience; a minute for all to come, five for all to start. */
  public static final RankTimes DEFAULTS =
      new RankTimes(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMinutes(5));

  /** Checks the times. */
  public RankTimes {
    require("patience", patience);
    require("time for joining", joining);
    require("time for starting", starting);
    starting = starting.compareTo(patience) < 0 ? patience : starting;
  }

  private static void require(String what, Duration time) {
    if (time.isNegative() || time.isZero() || time.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "the " + what + " of ranks is " + time + "; give a positive time of at most a day");
    }
  }

  /**
   * With another patience.
   *
   * @param time as {@link #patience}
   * @return the times
   */
  public RankTimes withPatience(Duration time) {
    return new RankTimes(time, joining, starting);
  }

  /**
   * With another time for joining.
   *
   * @param time as {@link #joining}
   * @return the times
   */
  public RankTimes withJoining(Duration time) {
    return new RankTimes(patience, time, starting);
  }

  /**
   * With another time for starting.
   *
   * @param time as {@link #starting}
   * @return the times
   */
  public RankTimes withStarting(Duration time) {
    return new RankTimes(patience, joining, time);
  }

  /** What a rank that others wait for has beyond their patience until it has started. */
  Duration grace() {
    return starting.minus(patience);
  }

  /** Between two signs of life. */
  Duration pulse() {
    return patience.dividedBy(SIGNS_OF_LIFE);
  }
}
