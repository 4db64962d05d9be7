package io.longcat4j.parallel;

import java.time.Duration;

/**
 * How long ranks wait for each other. Immutable.
 *
 * @param patience after which a rank that is not heard of, or that others wait for in a collective,
 *     has failed; positive. Ten times the time between two signs of life
 * @param joining after which a rank that has not come has failed, positive
 */
public record RankTimes(Duration patience, Duration joining) {
  private static final int SIGNS_OF_LIFE = 10;

  /** 10 s of patience; a minute for all to come. */
  public static final RankTimes DEFAULTS =
      new RankTimes(Duration.ofSeconds(10), Duration.ofMinutes(1));

  /** Checks the times. */
  public RankTimes {
    require("patience", patience);
    require("time for joining", joining);
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
    return new RankTimes(time, joining);
  }

  /**
   * With another time for joining.
   *
   * @param time as {@link #joining}
   * @return the times
   */
  public RankTimes withJoining(Duration time) {
    return new RankTimes(patience, time);
  }

  /** Between two signs of life. */
  Duration pulse() {
    return patience.dividedBy(SIGNS_OF_LIFE);
  }
}
