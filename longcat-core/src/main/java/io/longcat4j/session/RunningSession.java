package io.longcat4j.session;

import io.longcat4j.Conversation;
import io.longcat4j.Generation;
import io.longcat4j.Image;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LongCatException;
import io.longcat4j.MediaException;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.Pixels;
import io.longcat4j.ReplyStream;
import io.longcat4j.Session;
import io.longcat4j.SessionEvents;
import io.longcat4j.SessionOptions;
import io.longcat4j.SessionStatistics;
import io.longcat4j.VoiceActivity;
import io.longcat4j.Warning;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The door to a session: checks what comes in and hands it on. Thread-safe. */
public final class RunningSession implements Session {
  private static final Logger LOG = LoggerFactory.getLogger(RunningSession.class);
  private static final int BACKLOG_SECONDS = 30;

  private final Serial serial;
  private final Dialogue dialogue;
  private final Playback playback;
  private final ToolDesk tools = new ToolDesk();
  private final Tally tally = new Tally();
  private final Backlog backlog;
  private final FrameGate gate = new FrameGate();
  private final Outgoing outgoing;
  private final SessionEvents events;
  private final Function<Image, Pixels> eyes;
  private final AtomicBoolean closed = new AtomicBoolean();
  private SessionOptions options;

  /**
   * What a session is held with.
   *
   * @param threads run what there is to do; several tasks at once
   * @param clock nanoseconds, from any origin
   * @param activities tells speech from other sounds, where the options bring nothing of their own
   * @param eyes decodes a picture; throws where the model cannot be shown any
   */
  public record Surroundings(
      Executor threads,
      LongSupplier clock,
      VoiceActivity.Factory activities,
      Function<Image, Pixels> eyes) {}

  private RunningSession(
      Conversation conversation, SessionOptions options, Surroundings surroundings) {
    this.options = options;
    this.eyes = surroundings.eyes;
    this.serial = new Serial(surroundings.threads);
    this.playback = new Playback(surroundings.clock);
    this.backlog = new Backlog((long) BACKLOG_SECONDS * options.sampleRateHz());
    Ear ear = new Ear(options, options.voiceActivity().orElse(surroundings.activities));
    this.outgoing = new Outgoing(playback, () -> later(this::readOn), this::close);
    Intake intake =
        switch (options.placement()) {
          case AVERAGE -> new WholeIntake(options.sampleRateHz());
          case SEQUENTIAL -> new LiveIntake(options.sampleRateHz(), options.longestVideo());
        };
    Mind mind =
        new Mind(
            conversation, new Serial(surroundings.threads), backlog, intake, new News(outgoing));
    this.dialogue =
        new Dialogue(
            options, serial, surroundings.clock, mind, ear, outgoing, playback, tools, tally);
    this.events = new SessionEvents(outgoing);
  }

  /**
   * Begins a session.
   *
   * @param conversation from now on the session's own
   * @param options how it is held
   * @param surroundings what it is held with
   * @return the session, owned by the caller
   * @throws LongCatException if speech cannot be detected; the conversation is closed then
   */
  public static RunningSession open(
      Conversation conversation, SessionOptions options, Surroundings surroundings) {
    try {
      return new RunningSession(conversation, options, surroundings);
    } catch (RuntimeException | Error e) {
      conversation.close();
      throw e;
    }
  }

  /** Brings what becomes of replies to the dialogue. */
  private final class News implements Mind.Listener {
    private final Outgoing outgoing;

    News(Outgoing outgoing) {
      this.outgoing = outgoing;
    }

    @Override
    public void onReply(int reply, ReplyStream stream) {
      serial.execute(() -> dialogue.onReply(reply, stream));
    }

    @Override
    public void onFailed(int reply, LongCatException reason) {
      serial.execute(() -> dialogue.onFailed(reply, reason));
    }

    @Override
    public void onTrouble(String what) {
      outgoing.put(new Warning(what));
    }

    @Override
    public void onSeen(int frames) {
      tally.framesSeen(frames);
    }
  }

  /** Where events come from, before anybody reads them. */
  Outgoing outgoing() {
    return outgoing;
  }

  private void readOn() {
    dialogue.onRoom();
  }

  private void later(Runnable task) {
    serial.execute(
        () -> {
          if (closed.get()) {
            return;
          }
          try {
            task.run();
          } catch (RuntimeException | Error e) {
            broken(e);
          }
        });
  }

  /** Such as by a voice activity of the application. */
  private void broken(Throwable reason) {
    if (closed.get()) {
      return; // Such as by a model that is being closed.
    }
    LOG.error("A session ends because it cannot go on", reason);
    outgoing.put(new Warning("The session ends because it cannot go on: " + reason.getMessage()));
    close();
  }

  private void requireOpen() {
    if (closed.get()) {
      throw Backlog.closed();
    }
  }

  @Override
  public void write(float[] samples) {
    float[] copy = samples.clone();
    for (int i = 0; i < copy.length; i++) {
      if (!Float.isFinite(copy[i])) {
        throw new MediaException(
            "Sample "
                + i
                + " of what was written to the session is "
                + copy[i]
                + "; pass finite numbers between -1 and 1");
      }
    }
    hear(copy);
  }

  @Override
  public void write(short[] pcm16) {
    float[] samples = new float[pcm16.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = pcm16[i] / 32768f;
    }
    hear(samples);
  }

  private void hear(float[] samples) {
    backlog.enter(samples.length);
    later(
        () -> {
          try {
            dialogue.write(samples);
          } finally {
            backlog.leave(samples.length);
          }
        });
  }

  @Override
  public void show(Pixels frame, Duration at) {
    show(Image.of(frame), at);
  }

  @Override
  public void show(Image frame, Duration at) {
    requireOpen();
    tally.frameShown();
    double seconds = at.getSeconds() + at.getNano() / 1e9;
    if (!gate.enter(seconds)) {
      return;
    }
    Pixels pixels;
    try {
      pixels = eyes.apply(frame);
    } catch (RuntimeException | Error e) {
      gate.leave();
      throw e;
    }
    later(
        () -> {
          gate.leave();
          dialogue.show(new SeenFrame(pixels, seconds));
        });
  }

  @Override
  public void say(String text) {
    requireOpen();
    Objects.requireNonNull(text, "text");
    later(() -> dialogue.say(text));
  }

  @Override
  public void add(Part... parts) {
    requireOpen();
    List<Part> added = List.of(parts);
    if (!added.isEmpty()) {
      later(() -> dialogue.add(added));
    }
  }

  @Override
  public void respond() {
    requireOpen();
    later(() -> dialogue.respond(null));
  }

  @Override
  public void respond(Generation generation) {
    requireOpen();
    Objects.requireNonNull(generation, "generation");
    later(() -> dialogue.respond(generation));
  }

  @Override
  public void commit() {
    requireOpen();
    later(() -> dialogue.told(Signal.COMMIT));
  }

  @Override
  public void clear() {
    requireOpen();
    later(() -> dialogue.told(Signal.CLEAR));
  }

  @Override
  public void played(Duration duration) {
    requireOpen();
    requirePlayable("played", duration);
    playback.say(duration);
  }

  private static void requirePlayable(String method, Duration time) {
    if (time.isNegative()) {
      throw new InvalidRequestException(
          method
              + " was given "
              + time
              + "; pass how much of the reply's sound was played, from its beginning");
    }
  }

  @Override
  public void interrupt() {
    requireOpen();
    later(() -> dialogue.told(Signal.INTERRUPT));
  }

  @Override
  public void truncate(int turn, Duration heard) {
    requireOpen();
    requirePlayable("truncate", heard);
    later(() -> dialogue.truncate(turn, heard));
  }

  @Override
  public void restore(List<Message> messages) {
    requireOpen();
    List<Message> copy = List.copyOf(messages);
    later(() -> dialogue.restore(copy));
  }

  @Override
  public void toolResult(String callId, String result) {
    requireOpen();
    tools.answer(callId, result);
    later(dialogue::toolAnswered);
  }

  @Override
  public synchronized void update(SessionOptions other) {
    requireOpen();
    if (other.sampleRateHz() != options.sampleRateHz()
        || !other.voiceActivity().equals(options.voiceActivity())
        || other.keptFrames() != options.keptFrames()
        || other.placement() != options.placement()
        || !other.longestVideo().equals(options.longestVideo())) {
      throw new InvalidRequestException(
          "The rate, the voice activity and what is seen stay as a session began; begin another for"
              + " others");
    }
    options = other;
    later(() -> dialogue.update(other));
  }

  @Override
  public SessionEvents events() {
    return events;
  }

  @Override
  public SessionStatistics statistics() {
    return dialogue.statistics();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      backlog.close();
      serial.execute(dialogue::close);
    }
  }
}
