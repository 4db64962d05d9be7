package io.longcat4j;

import org.jspecify.annotations.Nullable;

/** A generation ended early because its thread was interrupted or its engine was closed. */
public class GenerationCancelledException extends LongCatException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was wrong, where, what was expected and what to do
   */
  public GenerationCancelledException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what was wrong, where, what was expected and what to do
   * @param cause the underlying failure
   */
  public GenerationCancelledException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
