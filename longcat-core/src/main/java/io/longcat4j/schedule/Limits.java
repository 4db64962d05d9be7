package io.longcat4j.schedule;

/**
 * What a scheduler keeps to.
 *
 * @param maxRunning requests in the passes at once, at least 1
 * @param queueLimit requests that wait for their first pass; more are rejected
 */
public record Limits(int maxRunning, int queueLimit) {
  /** Checks the components. */
  public Limits {
    if (maxRunning < 1 || queueLimit < 0) {
      throw new IllegalArgumentException(
          maxRunning + " running and " + queueLimit + " waiting requests");
    }
  }
}
