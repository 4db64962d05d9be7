package io.longcat4j.parallel;

import java.io.IOException;

/** Bytes came from another rank that no rank of this version sends. */
final class MalformedFrameException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedFrameException(String message) {
    super(message);
  }
}
