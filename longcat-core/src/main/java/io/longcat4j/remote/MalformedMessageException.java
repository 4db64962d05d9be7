package io.longcat4j.remote;

import io.longcat4j.LongCatException;

/** Bytes that no rank of this version asks or answers. */
final class MalformedMessageException extends LongCatException {
  private static final long serialVersionUID = 1L;

  MalformedMessageException(String message) {
    super(message);
  }
}
