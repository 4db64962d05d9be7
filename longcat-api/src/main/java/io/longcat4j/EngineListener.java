package io.longcat4j;

/**
 * Hears what a {@link LongCat} is doing, for metrics and logs. Every request that {@link
 * #onSubmitted()} was called for ends with exactly one of {@link #onFinished} and {@link
 * #onFailed}.
 *
 * <p>Called from several threads at once, the model's among them: return at once. The {@code
 * LongCat} would wait for the very thread that calls the listener, so it must not be called from
 * there: to ask, to converse and to close throw an {@link IllegalStateException}; hand such work to
 * a thread of your own. What a listener throws, errors of the JVM included, is logged and otherwise
 * ignored.
 */
public interface EngineListener {
  /** A request is ready for the model: its media are encoded, its words are tokens. */
  default void onSubmitted() {}

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
   *     up, an {@link EngineBusyException} where too many requests waited already
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
