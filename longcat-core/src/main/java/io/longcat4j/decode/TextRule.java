package io.longcat4j.decode;

/** Follows the text as it grows and says when it is complete. */
@FunctionalInterface
public interface TextRule {
  /**
   * Takes the next id.
   *
   * @param id what was generated
   * @return true if the text now contains a stop string
   */
  boolean isStopped(int id);
}
