package io.longcat4j.schedule;

/** How many rows of joining prompts a pass takes. Used by the scheduler's thread. */
public interface ChunkPolicy {
  /**
   * Rows for the next pass.
   *
   * @param decoding requests that decode in it
   * @return at least 0, of which as many go in as a pass may have; where nobody decodes, at least
   *     one row goes in
   */
  int rows(int decoding);

  /**
   * Hears what a pass cost.
   *
   * @param decoding requests that decoded in it
   * @param joining rows of prompts in it
   * @param nanos its time
   */
  default void onPass(int decoding, int joining, long nanos) {}
}
