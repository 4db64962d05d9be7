package io.longcat4j;

import org.jspecify.annotations.Nullable;

/** A checkpoint directory is missing a file, or holds one that cannot be used. */
public class CheckpointException extends LongCatException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was wrong, where, what was expected and what to do
   */
  public CheckpointException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what was wrong, where, what was expected and what to do
   * @param cause the underlying failure
   */
  public CheckpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
