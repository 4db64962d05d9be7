package io.longcat4j.session;

import io.longcat4j.AudioDelta;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.FinishReason;
import io.longcat4j.Pixels;
import io.longcat4j.Samples;
import io.longcat4j.Session;
import io.longcat4j.SessionEvent;
import io.longcat4j.SessionOptions;
import io.longcat4j.Statistics;
import io.longcat4j.TextDelta;
import io.longcat4j.VoiceActivity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session on one thread, with a clock that a test moves and a loudness that tells how likely
 * somebody speaks. Time goes on with the sound that is written.
 */
final class Stage implements AutoCloseable {
  static final int RATE = 16_000;
  private static final int WINDOW = 320;
  static final float LOUD = 0.9f;

  /** A window is as likely speech as its first sample is large. */
  private static final class Loudness implements VoiceActivity {
    @Override
    public int windowSamples() {
      return WINDOW;
    }

    @Override
    public double probability(float[] window) {
      return Math.min(1, Math.abs(window[0]));
    }

    @Override
    public void reset() {}

    @Override
    public void close() {}
  }

  final ScriptedConversation.World world = new ScriptedConversation.World();
  final Session session;
  final List<SessionEvent> read = new ArrayList<>();
  private final Outgoing events;
  private long nanos = 1;

  Stage(SessionOptions options) {
    ScriptedConversation conversation = new ScriptedConversation(world, List.of());
    RunningSession running =
        RunningSession.open(
            conversation,
            options,
            new RunningSession.Surroundings(
                Runnable::run,
                () -> nanos,
                rate -> new Loudness(),
                image -> new Pixels(1, 1, new byte[3])));
    this.session = running;
    this.events = running.outgoing();
  }

  /** Sound of one loudness, as it comes from a microphone. */
  Stage sound(int millis, float loudness) {
    for (int done = 0; done < millis; done += 20) {
      float[] window = new float[WINDOW];
      Arrays.fill(window, loudness);
      nanos += 20_000_000;
      session.write(window);
    }
    return this;
  }

  Stage speech(int millis) {
    return sound(millis, LOUD);
  }

  Stage silence(int millis) {
    return sound(millis, 0);
  }

  /** Time without sound. */
  Stage pass(int millis) {
    nanos += millis * 1_000_000L;
    return this;
  }

  Stage frame(int atMillis) {
    session.show(new Pixels(1, 1, new byte[3]), Duration.ofMillis(atMillis));
    return this;
  }

  ScriptedConversation.Reply reply() {
    return world.last();
  }

  /** The last reply tells something. */
  Stage tell(Event event) {
    reply().tell(event);
    return this;
  }

  Stage text(String words) {
    return tell(new TextDelta(words));
  }

  /** Sound of the last reply. */
  Stage audio(int millis) {
    return tell(new AudioDelta(new Samples(new float[16 * millis], RATE), 0, 0, 0));
  }

  Stage done() {
    return tell(
        new Done(FinishReason.END, Statistics.builder().build(), List.of(), List.of(), List.of()));
  }

  /** Reads everything there is. */
  List<SessionEvent> read() {
    List<SessionEvent> now = new ArrayList<>();
    for (SessionEvent event = events.poll(); event != null; event = events.poll()) {
      now.add(event);
    }
    read.addAll(now);
    return now;
  }

  @Nullable SessionEvent readOne() {
    SessionEvent event = events.poll();
    if (event != null) {
      read.add(event);
    }
    return event;
  }

  @Override
  public void close() {
    session.close();
  }
}
