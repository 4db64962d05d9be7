package io.longcat4j.schedule;

import io.longcat4j.LongCatException;
import io.longcat4j.decode.SpeechStep;

/**
 * Where a request's results go. All methods are called by the scheduler's thread, in the order
 * {@link #onPrefilled}, any number of {@link #onText} or {@link #onSpeech}, then exactly one of
 * {@link #onDone} and {@link #onFailed}, which may come first. None may block; a sink that cannot
 * take more says so in {@link #ready}. What a sink throws fails its own request alone: {@link
 * #onFailed} follows, even where {@link #onDone} threw.
 */
public interface Sink {
  /**
   * Whether the next step may come. A request whose sink is not ready rests without holding up
   * others, until {@link Ticket#wake} is called and the answer is true.
   *
   * @return true to go on
   */
  default boolean ready() {
    return true;
  }

  /**
   * The prompt is in the cache.
   *
   * @param reused positions that had been computed before
   * @param computed all other positions of the prompt
   */
  default void onPrefilled(int reused, int computed) {}

  /**
   * A step of text.
   *
   * @param id what was chosen
   */
  default void onText(int id) {}

  /**
   * A step of text and speech.
   *
   * @param step what was chosen
   */
  default void onSpeech(SpeechStep step) {}

  /**
   * The request is complete; its pages have been released.
   *
   * @param outcome why, and what it cost
   */
  void onDone(Outcome outcome);

  /**
   * The request ended early; its pages have been released.
   *
   * @param reason what to tell the caller
   */
  void onFailed(LongCatException reason);
}
