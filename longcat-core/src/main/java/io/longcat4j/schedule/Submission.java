package io.longcat4j.schedule;

import io.longcat4j.decode.Decoding;
import io.longcat4j.decode.PromptRows;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a scheduler is asked to do.
 *
 * @param prompt at least one row
 * @param decoding chooses; used by the scheduler alone from now on. Null to bring the prompt into
 *     the cache and end there, for those who will come back with a longer one
 * @param maxNewTokens upper bound of the steps; 0 without decoding
 * @param priority higher ones go first; 0 is usual
 * @param timeout bound of waiting and running together, from submission on; empty for none
 * @param sink where the results go
 */
public record Submission(
    PromptRows prompt,
    @Nullable Decoding decoding,
    int maxNewTokens,
    int priority,
    Optional<Duration> timeout,
    Sink sink) {
  /** Checks the components. */
  public Submission {
    if (prompt.rows() < 1 || maxNewTokens < (decoding == null ? 0 : 1)) {
      throw new IllegalArgumentException(
          "a prompt of " + prompt.rows() + " rows with " + maxNewTokens + " new tokens");
    }
  }

  /** Positions that the sequence takes at most; what the last step chose is never fed. */
  int positions() {
    return Math.addExact(prompt.rows(), Math.max(0, maxNewTokens - 1));
  }
}
