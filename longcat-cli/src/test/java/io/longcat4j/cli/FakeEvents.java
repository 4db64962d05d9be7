package io.longcat4j.cli;

import io.longcat4j.AudioDelta;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.Reply;
import io.longcat4j.Speech;
import io.longcat4j.TextDelta;
import io.longcat4j.Warning;
import io.longcat4j.spi.EventSource;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A whole reply, told in two halves of text. */
final class FakeEvents implements EventSource<Event> {
  private final Queue<Event> events = new ArrayDeque<>();

  FakeEvents(Reply reply) {
    int half = reply.text().length() / 2;
    reply.warnings().forEach(warning -> events.add(new Warning(warning)));
    events.add(new TextDelta(reply.text().substring(0, half)));
    events.add(new TextDelta(reply.text().substring(half)));
    reply
        .speech()
        .map(Speech::samples)
        .ifPresent(samples -> events.add(new AudioDelta(samples, 0, 0, half)));
    events.add(
        new Done(
            reply.finishReason(),
            reply.statistics(),
            reply.textIds(),
            reply.codecFrames(),
            reply.logprobs()));
  }

  @Override
  public @Nullable Event poll() {
    return events.poll();
  }

  @Override
  public void onAvailable(Runnable listener) {}

  @Override
  public void close() {}
}
