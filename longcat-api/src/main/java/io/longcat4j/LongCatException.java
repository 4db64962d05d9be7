package io.longcat4j;

import org.jspecify.annotations.Nullable;

/**
 * Root of every exception this library throws on purpose. The message says what was wrong, where,
 * what was expected and what to do.
 */
public class LongCatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was wrong, where, what was expected and what to do
   */
  public LongCatException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what was wrong, where, what was expected and what to do
   * @param cause the underlying failure
   */
  public LongCatException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
