package io.longcat4j;

import org.jspecify.annotations.Nullable;

/** A request was not complete within {@link Generation#timeout()}; what it held has been freed. */
public class DeadlineExceededException extends LongCatException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was wrong, where, what was expected and what to do
   */
  public DeadlineExceededException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what was wrong, where, what was expected and what to do
   * @param cause the underlying failure
   */
  public DeadlineExceededException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
