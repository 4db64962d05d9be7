package io.longcat4j.download;

import io.longcat4j.LongCatException;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint could not be fetched, or is not what its repository says. What arrived before stays
 * where it is, and the same download goes on from there.
 */
public class DownloadException extends LongCatException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was wrong, where, what was expected and what to do
   */
  public DownloadException(String message) {
    super(message);
  }

  /**
   * Creates the exception with its cause.
   *
   * @param message what was wrong, where, what was expected and what to do
   * @param cause the underlying failure
   */
  public DownloadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
