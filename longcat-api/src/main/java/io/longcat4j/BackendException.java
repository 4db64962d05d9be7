package io.longcat4j;

import org.jspecify.annotations.Nullable;

/** A compute backend is not available on this machine, or failed while computing. */
public class BackendException extends LongCatException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was wrong, where, what was expected and what to do
   */
  public BackendException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what was wrong, where, what was expected and what to do
   * @param cause the underlying failure
   */
  public BackendException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
