package io.longcat4j.spi;

import io.longcat4j.Conversation;
import io.longcat4j.ConversationOptions;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.LongCatException;
import io.longcat4j.Prompt;
import io.longcat4j.Session;
import io.longcat4j.SessionOptions;

/**
 * A loaded checkpoint that answers. Thread-safe; owned and closed by a {@link
 * io.longcat4j.LongCat}.
 */
public interface Engine extends AutoCloseable {
  /**
   * Answers a prompt bit by bit; blocks while media are encoded, not for the model.
   *
   * @param prompt the conversation
   * @param generation how to answer
   * @return the events, to be closed by the caller
   * @throws io.longcat4j.LongCatException if the prompt cannot be answered
   */
  EventSource<Event> stream(Prompt prompt, Generation generation);

  /**
   * Begins a conversation.
   *
   * @param options how it is held
   * @return the conversation, owned by the caller
   */
  Conversation conversation(ConversationOptions options);

  /**
   * Begins a spoken session.
   *
   * @param options how it is held
   * @return the session, owned by the caller
   * @throws LongCatException if this engine cannot hold one
   */
  default Session session(SessionOptions options) {
    throw new LongCatException("This engine holds no spoken sessions; use a conversation");
  }

  /**
   * What runs where, and why.
   *
   * @return several lines
   */
  String describe();

  /**
   * Whether this process is a rank other than the first, so that it answers nothing itself.
   *
   * @return false for rank 0, and where there is one process
   */
  default boolean isFollower() {
    return false;
  }

  /**
   * Takes part in what rank 0 computes until it closes; called only where {@link #isFollower()}.
   *
   * @throws io.longcat4j.RankFailedException if a rank fails
   */
  default void follow() {
    throw new IllegalStateException("this engine is no follower");
  }

  /**
   * Ends running generations with an error and frees everything; idempotent. On a thread that makes
   * replies it returns before all is freed.
   *
   * @throws IllegalStateException only if the application's listener calls it
   */
  @Override
  void close();
}
