package io.longcat4j;

import org.jspecify.annotations.Nullable;

/** An image, sound or video cannot be read or does not hold what was asked of it. */
public class MediaException extends LongCatException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was wrong, where, what was expected and what to do
   */
  public MediaException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what was wrong, where, what was expected and what to do
   * @param cause the underlying failure
   */
  public MediaException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
