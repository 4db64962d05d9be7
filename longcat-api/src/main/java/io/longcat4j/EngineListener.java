package io.longcat4j;

import java.time.Duration;

/**
 * Hears what a {@link LongCat} is doing, for metrics and logs. Every request that {@link
 * #onSubmitted()} was called for ends with exactly one of {@link #onFinished} and {@link
 * #onFailed}, after at most one {@link #onStarted}.
 *
 * <p>Called from several threads at once, the model's among them: return at once and do not call
 * the {@code LongCat}. What a listener throws is logged and otherwise ignored.
 */
public interface EngineListener {
  /** A request is ready for the model and waits for its place. */
  default void onSubmitted() {}

  /**
   * A request was refused because too many wait already. There was no {@link #onSubmitted()} for
   * it.
   *
   * @param reason what its caller got
   */
  default void onRejected(LongCatException reason) {}

  /**
   * A request has left the queue.
   *
   * @param queue how long it waited
   */
  default void onStarted(Duration queue) {}

  /**
   * A reply is complete.
   *
   * @param finishReason why it ended
   * @param statistics what it cost
   */
  default void onFinished(FinishReason finishReason, Statistics statistics) {}

  /**
   * A request ended without a complete reply.
   *
   * @param reason what its caller got; a {@link GenerationCancelledException} where the caller gave
   *     up
   */
  default void onFailed(LongCatException reason) {}

  /**
   * Hears nothing.
   *
   * @return a listener that does nothing
   */
  static EngineListener silent() {
    return new EngineListener() {};
  }
}
