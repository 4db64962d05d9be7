package io.longcat4j.model;

/** What a rank other than 0 has: it does what rank 0 does. Driven by the thread of its rank. */
public interface Follower extends AutoCloseable {
  /**
   * Obeys until rank 0 closes.
   *
   * @throws io.longcat4j.RankFailedException if a rank failed
   */
  void follow();

  /** Frees everything; idempotent. */
  @Override
  void close();
}
