package io.longcat4j.engine;

import io.longcat4j.Conversation;
import io.longcat4j.ConversationOptions;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.Prompt;
import io.longcat4j.Session;
import io.longcat4j.SessionOptions;
import io.longcat4j.modality.Hearing;
import io.longcat4j.modality.Voice;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.spi.Engine;
import io.longcat4j.spi.EventSource;
import io.longcat4j.stream.Outbox;
import io.longcat4j.stream.ReadReply;
import io.longcat4j.stream.ReplyFigures;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A loaded checkpoint that answers many requests at once: media are encoded on the threads that
 * ask, model and voices run on threads of their own. Thread-safe. Owns everything in {@link
 * LoadedCheckpoint}.
 */
final class OmniEngine implements Engine {
  private final LoadedCheckpoint loaded;
  private final Requests requests;
  private final Life life = new Life();
  private final Replies replies;
  private final Turns turns;
  private final Sessions sessions = new Sessions();

  OmniEngine(LoadedCheckpoint loaded) {
    this.loaded = loaded;
    this.requests = new Requests(loaded);
    this.replies = new Replies(loaded);
    this.turns = new Turns(loaded, requests, replies);
  }

  @Override
  public EventSource<Event> stream(Prompt prompt, Generation generation) {
    ReplyFigures figures = loaded.figures();
    Outbox outbox =
        whileOpen(
            () ->
                replies.start(
                    requests.prepare(prompt, generation, wanted(generation.timeout())),
                    figures,
                    null));
    return new ReadReply(outbox, this::requireOutside);
  }

  @Override
  public Conversation conversation(ConversationOptions options) {
    return whileOpen(() -> new RunningConversation(this, turns, options, turns.begin(options)));
  }

  @Override
  public Session session(SessionOptions options) {
    return whileOpen(
        () -> {
          Hearing unusedEars = loaded.modalities().hearing();
          if (options.generation().isSpeech()) {
            Voice unusedVoice = loaded.modalities().voice();
          }
          Conversation conversation = conversation(options.conversation());
          return sessions.begin(conversation, options, loaded.modalities(), life);
        });
  }

  /** Begins to count what a reply costs. */
  ReplyFigures figures() {
    return loaded.figures();
  }

  /** Runs what must not see the checkpoint closed. */
  <T> T whileOpen(Supplier<T> action) {
    requireOutside();
    life.enter();
    try {
      life.check();
      return HeapGuard.run("The request", action);
    } finally {
      life.leave();
    }
  }

  /** Fails on a thread that the engine might wait for. */
  void requireOutside() {
    loaded.inside().requireOutside();
  }

  /** Whether nothing begins any more. */
  boolean isClosing() {
    return life.isClosing();
  }

  /** Whether what begins now is still wanted. */
  Cancellation wanted(Optional<Duration> timeout) {
    return life.wanted(timeout);
  }

  @Override
  public String describe() {
    life.enter();
    try {
      return loaded.describe();
    } finally {
      life.leave();
    }
  }

  /** A thread that makes replies cannot wait for its own end, so another one does. */
  @Override
  public void close() {
    loaded.inside().requireOutsideListener();
    if (!loaded.inside().isOnOwnThread()) {
      closeAndWait();
    } else if (!life.isClosing()) {
      life.beginClosing();
      new Thread(this::closeAndWait, "longcat-closing").start();
    }
  }

  private void closeAndWait() {
    life.close(
        () -> {
          sessions.close();
          loaded.stop();
          replies.stop();
        },
        loaded::close);
  }
}
