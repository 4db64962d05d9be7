package io.longcat4j.server;

import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.MediaException;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.Session;
import io.longcat4j.SessionEvent;
import io.longcat4j.SessionEvents;
import io.longcat4j.SessionOptions;
import io.longcat4j.SessionStatistics;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A session whose events the test gives; it remembers what was done to it. */
final class ScriptedSession implements Session {
  final Events<SessionEvent> source = new Events<>();
  final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
  final BlockingQueue<float[]> written = new LinkedBlockingQueue<>();
  final SessionOptions options;
  volatile SessionOptions updated;
  private final SessionEvents events = new SessionEvents(source);

  ScriptedSession(SessionOptions options) {
    this.options = options;
    this.updated = options;
  }

  void happens(SessionEvent... all) {
    Arrays.asList(all).forEach(source::give);
  }

  @Override
  public void write(float[] samples) {
    written.add(samples);
  }

  @Override
  public void write(short[] pcm16) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void show(Pixels frame, Duration at) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void show(Image frame, Duration at) {
    Image.Encoded file = (Image.Encoded) frame.content();
    if (file.source().describe().startsWith("3 ")) {
      throw new MediaException("no picture");
    }
    calls.add("show " + file.source().describe() + " at " + at.toMillis());
  }

  @Override
  public void say(String text) {
    calls.add("say " + text);
  }

  @Override
  public void add(Part... parts) {
    calls.add("add " + Arrays.toString(parts));
  }

  @Override
  public void respond() {
    calls.add("respond");
  }

  @Override
  public void respond(Generation generation) {
    calls.add("respond " + (generation.isSpeech() ? "aloud" : "written"));
  }

  @Override
  public void commit() {
    calls.add("commit");
  }

  @Override
  public void clear() {
    calls.add("clear");
  }

  @Override
  public void played(Duration duration) {
    calls.add("played " + duration.toMillis());
  }

  @Override
  public void interrupt() {
    calls.add("interrupt");
  }

  @Override
  public void truncate(int turn, Duration heard) {
    calls.add("truncate " + turn + " at " + heard.toMillis());
  }

  @Override
  public void restore(List<Message> messages) {
    calls.add("restore " + messages.stream().map(Message::role).toList());
  }

  @Override
  public void toolResult(String callId, String result) {
    calls.add("result " + callId + " " + result);
  }

  @Override
  public void update(SessionOptions changed) {
    updated = changed;
    calls.add("update " + changed.conversation().system().orElse(""));
  }

  @Override
  public SessionEvents events() {
    return events;
  }

  @Override
  public SessionStatistics statistics() {
    return new SessionStatistics(Duration.ZERO, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Override
  public void close() {
    source.close();
  }
}
