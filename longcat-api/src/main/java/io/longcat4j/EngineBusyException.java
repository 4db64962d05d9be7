package io.longcat4j;

import org.jspecify.annotations.Nullable;

/** Too many requests wait already; this one was not taken in. It may be sent again later. */
public class EngineBusyException extends LongCatException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was wrong, where, what was expected and what to do
   */
  public EngineBusyException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what was wrong, where, what was expected and what to do
   * @param cause the underlying failure
   */
  public EngineBusyException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
