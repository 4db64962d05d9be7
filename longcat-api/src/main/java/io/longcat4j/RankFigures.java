package io.longcat4j;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * What one rank spent on the others while a reply was made. Other requests' share of the same
 * passes is included.
 *
 * @param rank from 0
 * @param host where it ran
 * @param collectives time in collectives, {@code waiting} included
 * @param waiting time until the slowest rank had brought its part
 * @param bytes sent to other ranks
 */
public record RankFigures(
    int rank, String host, Duration collectives, Duration waiting, long bytes) {
  /** Checks the components. */
  public RankFigures {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(collectives, "collectives");
    Objects.requireNonNull(waiting, "waiting");
    if (rank < 0 || bytes < 0) {
      throw new InvalidRequestException(
          "rank is " + rank + " and bytes is " + bytes + "; pass 0 or more");
    }
  }

  /**
   * The figures for a person.
   *
   * @return one line without its end
   */
  public String describe() {
    return String.format(
        Locale.ROOT,
        "rank %d on %s: collectives %.2f s, of which waiting %.2f s, %.3f MB sent",
        rank,
        host,
        collectives.toNanos() * 1e-9,
        waiting.toNanos() * 1e-9,
        bytes * 1e-6);
  }
}
