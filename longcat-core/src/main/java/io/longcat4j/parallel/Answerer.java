package io.longcat4j.parallel;

import io.longcat4j.spi.Cancellation;
import java.nio.ByteBuffer;

/**
 * What a rank other than 0 does when it is asked, beside the orders that it follows. Called by many
 * threads at once, none of which drives the rank.
 */
@FunctionalInterface
public interface Answerer {
  /**
   * Answers a question of rank 0.
   *
   * @param question read only
   * @param wanted asked while this works: throws once nobody waits for the answer
   * @return the answer, at most {@link Ranks#MAX_QUESTION_BYTES} bytes, not changed afterwards.
   *     Whatever is thrown while the answer is wanted ends all ranks
   */
  ByteBuffer answer(ByteBuffer question, Cancellation wanted);
}
