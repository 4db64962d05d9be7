package io.longcat4j.parallel;

/** Asked again and again by whoever waits for other ranks. Thread-safe. */
public interface Watch {
  /**
   * Returns while waiting may go on.
   *
   * @throws io.longcat4j.RankFailedException if a rank failed
   */
  void check();
}
