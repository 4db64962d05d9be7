package io.longcat4j.parallel;

/** That a rank answers questions. Thread-safe. */
public interface Answering {
  /**
   * Answers no more; what is being answered is no longer wanted. Waits a while for it.
   *
   * @return whether all answers have ended; otherwise what they use is to be left alone
   */
  boolean end();
}
