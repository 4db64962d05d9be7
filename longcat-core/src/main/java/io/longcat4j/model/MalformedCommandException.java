package io.longcat4j.model;

import io.longcat4j.BackendException;
import org.jspecify.annotations.Nullable;

/** A command that the model cannot run, or bytes that are no command. Nothing has been computed. */
public final class MalformedCommandException extends BackendException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what is wrong with which command
   */
  public MalformedCommandException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what is wrong with which command
   * @param cause what refused it
   */
  public MalformedCommandException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
