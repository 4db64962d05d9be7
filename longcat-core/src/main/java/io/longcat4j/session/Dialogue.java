package io.longcat4j.session;

import io.longcat4j.AudioDelta;
import io.longcat4j.Done;
import io.longcat4j.Event;
import io.longcat4j.Generation;
import io.longcat4j.Interrupted;
import io.longcat4j.LongCatException;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.ReplyStream;
import io.longcat4j.SessionClosed;
import io.longcat4j.SessionEvent;
import io.longcat4j.SessionOptions;
import io.longcat4j.SessionStatistics;
import io.longcat4j.SoundPaused;
import io.longcat4j.SoundResumed;
import io.longcat4j.SpeechStarted;
import io.longcat4j.SpeechStopped;
import io.longcat4j.Text;
import io.longcat4j.TextDelta;
import io.longcat4j.ToolCall;
import io.longcat4j.TurnDetection;
import io.longcat4j.TurnDone;
import io.longcat4j.TurnStarted;
import io.longcat4j.Warning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A session as it goes: walks through the {@link TurnTable} and does what it says. Everything is
 * called on one serial executor.
 */
final class Dialogue implements Ear.Listener {
  private final Serial serial;
  private final LongSupplier clock;
  private final Mind mind;
  private final Ear ear;
  private final Outgoing outgoing;
  private final Playback playback;
  private final ToolDesk tools;
  private final Tally tally;
  private final Glances glances;
  private final List<Part> deferred = new ArrayList<>();
  private SessionOptions options;
  private Phase phase = Phase.LISTENING;
  private Speculated speculated = Speculated.NONE;
  private int replies;
  private int expected;
  private int turns;
  private @Nullable Turn turn;
  private @Nullable TurnDone ending;
  private boolean held;
  private boolean instruct;
  private boolean prepared;
  private boolean closed;

  /**
   * A reply that was begun before the turn was known to be over.
   *
   * @param reply its number, or 0 for none
   * @param stream its events, as soon as there are any
   */
  private record Speculated(int reply, @Nullable ReplyStream stream) {
    static final Speculated NONE = new Speculated(0, null);
  }

  /** What an action needs to know of what happened. */
  private record Cause(
      Signal signal,
      long atSample,
      List<Part> parts,
      List<String> results,
      Generation generation) {}

  Dialogue(
      SessionOptions options,
      Serial serial,
      LongSupplier clock,
      Mind mind,
      Ear ear,
      Outgoing outgoing,
      Playback playback,
      ToolDesk tools,
      Tally tally) {
    this.options = options;
    this.serial = serial;
    this.clock = clock;
    this.mind = mind;
    this.ear = ear;
    this.outgoing = outgoing;
    this.playback = playback;
    this.tools = tools;
    this.tally = tally;
    this.glances = new Glances(options.keptFrames());
  }

  // What comes from the application.

  void write(float[] samples) {
    settlePlaying();
    boolean sounding = phase == Phase.REPLYING || phase == Phase.PLAYING;
    if (!options.interruptible() && sounding) {
      ear.ignore(samples);
    } else {
      ear.take(samples, this);
    }
    tally.heard(ear.seconds());
  }

  void show(SeenFrame frame) {
    ear.showed(frame.seconds());
    if (isPersons()) {
      mind.see(frame);
    } else {
      glances.show(frame);
    }
  }

  void say(String text) {
    happened(Signal.SAY, List.of(Text.of(text)), List.of(), options.generation());
  }

  void add(List<Part> parts) {
    happened(Signal.ADD, parts, List.of(), options.generation());
  }

  void respond(@Nullable Generation generation) {
    happened(
        Signal.RESPOND,
        List.of(),
        List.of(),
        generation == null ? options.generation() : generation);
  }

  void toolAnswered() {
    if (phase == Phase.LISTENING || phase == Phase.PLAYING) {
      List<String> results = tools.takeIfComplete();
      if (!results.isEmpty()) {
        happened(Signal.RESULTS, List.of(), results, options.generation());
      }
    }
  }

  void truncate(int of, Duration heard) {
    settlePlaying();
    Turn last = turn;
    if (last == null || last.number() != of || !last.isSpoken()) {
      return;
    }
    boolean sounding = phase == Phase.REPLYING || phase == Phase.PLAYING;
    if (sounding) {
      playback.end(heard);
      told(Signal.INTERRUPT);
    } else {
      Outgoing.Kept place = outgoing.keep();
      mind.cut(heard, words -> place.fill(List.of(new Interrupted(of, heard, words))));
    }
  }

  void restore(List<Message> messages) {
    told(Signal.CLEAR);
    told(Signal.INTERRUPT);
    turn = null;
    tools.clear();
    deferred.clear();
    mind.change(
        conversation -> {
          conversation.restore(messages);
          return conversation;
        });
  }

  /** Commit, clear or interrupt. */
  void told(Signal signal) {
    happened(signal, List.of(), List.of(), options.generation());
  }

  void update(SessionOptions other) {
    discard(); // What was begun by other rules may never be asked for.
    instruct |= !other.conversation().equals(options.conversation());
    options = other;
    ear.rules(other.detection());
  }

  void close() {
    if (closed) {
      return;
    }
    discard();
    Turn last = turn;
    if (last != null && !last.isEnded()) {
      last.cut();
      outgoing.dropSpoken();
      outgoing.put(last.done(TurnDone.End.INTERRUPTED, null, null));
    }
    closed = true;
    ear.close();
    mind.close();
    outgoing.end(new SessionClosed(statistics()));
  }

  SessionStatistics statistics() {
    return tally.statistics(outgoing.dropped());
  }

  // What the ear notices.

  @Override
  public void onSpeech(Signal signal, long atSample) {
    happened(new Cause(signal, atSample, List.of(), List.of(), options.generation()));
  }

  @Override
  public boolean isPersons() {
    return phase == Phase.SPEAKING || phase == Phase.PAUSING;
  }

  @Override
  public void onHeard(float[] samples, long atSample) {
    mind.hear(samples, atSample);
  }

  // What becomes of replies.

  void onReply(int reply, ReplyStream stream) {
    Turn of = turn;
    if (of != null && reply == expected && !of.isCut() && !of.isEnded()) {
      attach(of, stream);
    } else if (reply == speculated.reply) {
      speculated = new Speculated(reply, stream);
    } else {
      stream.close();
    }
  }

  void onFailed(int reply, LongCatException reason) {
    Turn of = turn;
    if (of != null && reply == expected) {
      failed(of, reason);
    }
  }

  /** There is room for more of a reply. */
  void onRoom() {
    if (turn != null) {
      turn.readOn();
    }
  }

  private void attach(Turn of, ReplyStream stream) {
    of.read(
        ReplyReader.read(
            stream,
            serial,
            outgoing::hasRoom,
            event -> tell(of, event),
            reason -> failed(of, reason)));
  }

  private void tell(Turn of, Event event) {
    if (of.isCut() || of.isEnded()) {
      return;
    }
    if (event instanceof Done done) {
      end(of.done(TurnDone.End.COMPLETE, done, null));
      return;
    }
    of.told(event, clock.getAsLong());
    if (event instanceof ToolCall call) {
      tools.call(call.id());
      outgoing.put(call);
    } else if (event instanceof TextDelta words) {
      outgoing.put(words);
    } else if (event instanceof AudioDelta sound) {
      outgoing.put(sound);
    } else if (event instanceof Warning warning) {
      outgoing.put(warning);
    }
  }

  private void failed(Turn of, LongCatException reason) {
    if (!of.isCut() && !of.isEnded()) {
      tools.clear();
      end(of.done(TurnDone.End.FAILED, null, reason));
    }
  }

  private void end(TurnDone done) {
    ending = done;
    told(Signal.DONE);
    if (!deferred.isEmpty()) {
      List<Part> parts = List.copyOf(deferred);
      deferred.clear();
      add(parts);
    }
    toolAnswered();
  }

  /** What was said is heard after a while, which nobody tells. */
  private void settlePlaying() {
    if (phase == Phase.PLAYING && !outgoing.hasSound() && playback.isOver()) {
      happened(Signal.HEARD, List.of(), List.of(), options.generation());
    }
  }

  // What is done.

  private void happened(
      Signal signal, List<Part> parts, List<String> results, Generation generation) {
    happened(new Cause(signal, ear.samples(), parts, results, generation));
  }

  private void happened(Cause cause) {
    if (closed) {
      return;
    }
    if (cause.signal != Signal.HEARD) {
      settlePlaying();
    }
    TurnTable.Rules rules = new TurnTable.Rules(options.respondsItself(), options.resume());
    TurnTable.Step step = TurnTable.next(phase, cause.signal, rules);
    step.actions().forEach(action -> act(action, cause));
    phase = step.phase();
  }

  private void act(Action action, Cause cause) {
    switch (action) {
      case HOLD -> hold();
      case RELEASE -> release();
      case COUNT -> tally.falseStart();
      case CUT -> cut();
      case START -> outgoing.put(new SpeechStarted(ear.time(cause.atSample)));
      case LISTEN -> listen();
      case SPECULATE -> speculate();
      case DISCARD -> discard();
      case STOP -> stop(cause);
      case FORGET -> forget();
      case APPEND -> append(cause);
      case DEFER -> deferred.addAll(cause.parts);
      case ASK -> ask(cause);
      case FINISH -> finish();
    }
  }

  private void hold() {
    if (turn != null && turn.isSpoken() && !held) {
      held = true;
      playback.hold();
      outgoing.put(new SoundPaused(turn.number()));
    }
  }

  private void release() {
    if (turn != null && held) {
      held = false;
      playback.release();
      outgoing.put(new SoundResumed(turn.number()));
    }
  }

  private void cut() {
    Turn last = turn;
    if (last == null) {
      return;
    }
    TurnDone done = last.isEnded() ? null : last.done(TurnDone.End.INTERRUPTED, null, null);
    last.cut();
    tally.interruption();
    tools.clear();
    held = false;
    Outgoing.Kept place;
    if (last.isSpoken()) {
      outgoing.dropSpoken();
      place = outgoing.keep();
      Duration heard = playback.heard();
      mind.cut(
          heard, words -> place.fill(ends(new Interrupted(last.number(), heard, words), done)));
    } else {
      outgoing.keep().fill(ends(new Interrupted(last.number(), Duration.ZERO, last.words()), done));
    }
    playback.begin();
    if (!deferred.isEmpty()) {
      mind.append(List.copyOf(deferred));
      deferred.clear();
    }
  }

  private static List<SessionEvent> ends(Interrupted interrupted, @Nullable TurnDone done) {
    return done == null ? List.of(interrupted) : List.of(interrupted, done);
  }

  private void listen() {
    tools.clear();
    mind.begin(glances.take(), ear.isWatching());
  }

  private void speculate() {
    if (options.detection().flatMap(TurnDetection::speculateAfter).isEmpty()) {
      prepared = true;
      mind.prepare(options.generation());
      return;
    }
    speculated = new Speculated(++replies, null);
    tally.speculation();
    mind.speculate(speculated.reply, options.generation());
  }

  private void discard() {
    if (speculated.reply != 0) {
      speculated = Speculated.NONE;
      tally.discarded();
      mind.discard();
    } else if (prepared) {
      mind.discard();
    }
    prepared = false;
  }

  private void stop(Cause cause) {
    // What is begun or taken in already has heard enough.
    boolean heardEnough = prepared || speculated.reply != 0;
    ear.end(this, cause.signal == Signal.ENDED, !heardEnough);
    outgoing.put(new SpeechStopped(ear.time(cause.atSample), /* cleared= */ false));
  }

  private void forget() {
    ear.end(this, /* byItself= */ false, /* wanted= */ false);
    outgoing.put(new SpeechStopped(ear.time(ear.samples()), /* cleared= */ true));
    mind.forget();
  }

  private void append(Cause cause) {
    if (cause.signal == Signal.RESULTS) {
      mind.answered(cause.results);
    } else {
      tools.clear();
      ear.flush(this);
      mind.append(cause.parts);
    }
  }

  private void ask(Cause cause) {
    if (instruct || !cause.generation.equals(options.generation())) {
      discard();
    }
    if (instruct) {
      mind.instruct(options.conversation());
      instruct = false;
    }
    tools.clear();
    prepared = false;
    boolean known = speculated.reply != 0;
    Turn next = new Turn(++turns, cause.generation.isSpeech(), clock.getAsLong());
    turn = next;
    tally.turn();
    held = false;
    playback.begin();
    outgoing.put(new TurnStarted(turns, known));
    if (known) {
      Speculated reply = speculated;
      speculated = Speculated.NONE;
      expected = reply.reply;
      tally.kept();
      mind.keep(expected, cause.generation);
      if (reply.stream != null) {
        attach(next, reply.stream);
      }
    } else {
      expected = ++replies;
      mind.ask(expected, cause.generation);
    }
  }

  private void finish() {
    TurnDone done = ending;
    ending = null;
    if (done != null) {
      outgoing.put(done);
    }
  }
}
