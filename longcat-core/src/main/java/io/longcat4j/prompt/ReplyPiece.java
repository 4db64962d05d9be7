package io.longcat4j.prompt;

import io.longcat4j.ToolCall;

/** What a reply says or wants, in the order it was written. */
public sealed interface ReplyPiece {
  /**
   * Text for a person.
   *
   * @param text not empty
   */
  record Words(String text) implements ReplyPiece {}

  /**
   * A well-formed tool call.
   *
   * @param call what is to be called
   */
  record Call(ToolCall call) implements ReplyPiece {}

  /**
   * A tool call that could not be read; what was written follows as {@link Words}.
   *
   * @param warning what was wrong with it
   */
  record Malformed(String warning) implements ReplyPiece {}
}
