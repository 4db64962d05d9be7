package io.longcat4j;

import org.jspecify.annotations.Nullable;

/** The class path lacks the artifact that a prompt or an option needs; the message names it. */
public class MissingModuleException extends LongCatException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was wrong, where, what was expected and what to do
   */
  public MissingModuleException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what was wrong, where, what was expected and what to do
   * @param cause the underlying failure
   */
  public MissingModuleException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
