package io.longcat4j.download;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** An answer that may be another one later. */
final class TryAgainException extends IOException {
  private static final long serialVersionUID = 1L;
  private final transient Optional<Duration> after;

  TryAgainException(String message, Optional<Duration> after) {
    super(message);
    this.after = after;
  }

  /** How long whoever answered wants to be left alone. */
  Optional<Duration> after() {
    return after;
  }
}
