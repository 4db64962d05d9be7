package io.longcat4j;

import org.jspecify.annotations.Nullable;

/** The application aborted the loading of a checkpoint through its {@link LoadingListener}. */
public class LoadingAbortedException extends LongCatException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was wrong, where, what was expected and what to do
   */
  public LoadingAbortedException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what was wrong, where, what was expected and what to do
   * @param cause the underlying failure
   */
  public LoadingAbortedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
