package io.longcat4j.spi;

import io.longcat4j.Generation;
import io.longcat4j.Prompt;
import io.longcat4j.Reply;

/**
 * A loaded checkpoint that answers. Thread-safe; owned and closed by a {@link
 * io.longcat4j.LongCat}.
 */
public interface Engine extends AutoCloseable {
  /**
   * Answers a prompt; blocks until the reply is whole.
   *
   * @param prompt the conversation
   * @param generation how to answer
   * @return the reply
   * @throws io.longcat4j.LongCatException if the prompt cannot be answered
   */
  Reply generate(Prompt prompt, Generation generation);

  /**
   * What runs where, and why.
   *
   * @return several lines
   */
  String describe();

  /** Ends running generations with an error and frees everything; idempotent, throws nothing. */
  @Override
  void close();
}
