package io.longcat4j.download;

import org.jspecify.annotations.Nullable;

/** The thread that downloads was interrupted; the same download goes on where it ended. */
public class DownloadInterruptedException extends DownloadException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was interrupted and what to do
   * @param cause the interruption
   */
  public DownloadInterruptedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
