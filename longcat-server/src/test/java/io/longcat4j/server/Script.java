package io.longcat4j.server;

import io.longcat4j.Conversation;
import io.longcat4j.ConversationOptions;
import io.longcat4j.EngineListener;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.LongCat;
import io.longcat4j.Prompt;
import io.longcat4j.Session;
import io.longcat4j.SessionOptions;
import io.longcat4j.spi.Engine;
import io.longcat4j.spi.EventSource;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiFunction;

/** An engine that does what a test says, and remembers what it was asked. */
final class Script implements Engine, EngineListener {
  final BlockingQueue<Prompt> prompts = new LinkedBlockingQueue<>();
  final BlockingQueue<Generation> generations = new LinkedBlockingQueue<>();
  final BlockingQueue<ScriptedSession> sessions = new LinkedBlockingQueue<>();
  private final BiFunction<Prompt, Generation, EventSource<Event>> replies;

  Script(BiFunction<Prompt, Generation, EventSource<Event>> replies) {
    this.replies = replies;
  }

  LongCat open() {
    return LongCat.builder().model(Path.of("none")).listener(this).build();
  }

  @Override
  public EventSource<Event> stream(Prompt prompt, Generation generation) {
    prompts.add(prompt);
    generations.add(generation);
    return replies.apply(prompt, generation);
  }

  @Override
  public Conversation conversation(ConversationOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Session session(SessionOptions options) {
    ScriptedSession session = new ScriptedSession(options);
    sessions.add(session);
    return session;
  }

  @Override
  public String describe() {
    return "a script";
  }

  @Override
  public void close() {}
}
