package io.longcat4j.engine;

import io.longcat4j.Conversation;
import io.longcat4j.ConversationOptions;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.LiveAudio;
import io.longcat4j.LiveInterleaved;
import io.longcat4j.LiveVideo;
import io.longcat4j.Message;
import io.longcat4j.Part;
import io.longcat4j.ReplyStream;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.spi.Cancellation;
import io.longcat4j.stream.Outbox;
import io.longcat4j.stream.ReadReply;
import io.longcat4j.stream.ReplyFigures;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as the rows that the model was fed. Every state is an immutable value, so that
 * going back is remembering and forking is sharing; what was computed for the rows is found again
 * by their keys, in the cache that all requests share.
 */
final class RunningConversation implements Conversation {

  /** A reply of this conversation that may still be running, and the question it answers. */
  private record Asked(Outbox events, PromptRows question, Recording recording) {}

  private final OmniEngine engine;
  private final Turns turns;
  private final ConversationOptions options;
  private final PrefillAhead ahead;
  private TurnHistory history;
  private @Nullable LivePart live;
  private @Nullable Asked asked;
  private boolean closed;

  RunningConversation(
      OmniEngine engine, Turns turns, ConversationOptions options, TurnHistory history) {
    this.engine = engine;
    this.turns = turns;
    this.options = options;
    this.ahead = turns.prefillAhead();
    this.history = history;
  }

  @Override
  public void append(Part... parts) {
    settle();
    Cancellation wanted = engine.wanted(Optional.empty());
    take(
        engine.whileOpen(
            () -> turns.grow(history.open(), List.of(parts), /* strict= */ false, wanted)));
  }

  @Override
  public void appendToolResult(String result) {
    settle();
    TurnHistory.Answer answer = history.lastAnswer();
    boolean first = !history.open().isOpen();
    if (first && (answer == null || answer.toolCalls() == 0)) {
      throw new InvalidRequestException(
          "A tool's result was given, but the last reply called none, or its call was cut off;"
              + " pass tools in the ConversationOptions, and results after a reply with tool calls");
    }
    if (history.open().begun()) {
      throw new InvalidRequestException(
          "A tool's result was given after a part of a question; append results first");
    }
    TurnHistory called = first ? history.reopened() : history;
    OpenQuestion answered = engine.whileOpen(() -> turns.answered(called.open(), result));
    history = called;
    take(answered);
  }

  /** Goes on with a question and has it computed ahead. */
  private void take(OpenQuestion question) {
    history = history.asking(question);
    ahead.of(history.before().then(question.rows()));
  }

  @Override
  public LiveAudio openAudio(int sampleRateHz) {
    return open(() -> Senses.hearing(turns.modalities(), sampleRateHz));
  }

  @Override
  public LiveVideo openVideo(Duration longest) {
    return open(() -> Senses.seeing(turns.modalities(), longest));
  }

  @Override
  public LiveInterleaved openInterleaved(int sampleRateHz, Duration longest) {
    return open(() -> Senses.both(turns.modalities(), sampleRateHz, longest));
  }

  private LivePart open(Supplier<Senses> senses) {
    settle();
    LivePart part =
        engine.whileOpen(
            () -> new LivePart(engine, turns, senses.get(), history, options.sliding(), ahead));
    live = part;
    return part;
  }

  @Override
  public void prepare(Generation generation) {
    settle();
    if (history.open().isOpen()) {
      PromptRows question =
          engine.whileOpen(() -> turns.question(history, options.system(), generation.isSpeech()));
      ahead.of(history.before().then(question));
    }
  }

  @Override
  public ReplyStream stream(Generation generation, Part... parts) {
    ReplyFigures figures = engine.figures();
    settle();
    return engine.whileOpen(() -> ask(generation, List.of(parts), figures));
  }

  private ReplyStream ask(Generation generation, List<Part> parts, ReplyFigures figures) {
    Cancellation wanted = engine.wanted(generation.timeout());
    TurnHistory open =
        history.asking(turns.grow(history.open(), parts, generation.isStrict(), wanted));
    if (!open.open().isOpen()) {
      throw new InvalidRequestException(
          "Nothing was asked; pass at least one part, or append some before");
    }
    PromptRows question = turns.question(open, options.system(), generation.isSpeech());
    if (options.sliding()) {
      long positions = (long) question.rows() + generation.maxNewTokens();
      open = open.slid(turns.contextLength(), positions);
    }
    Recording recording = new Recording();
    ahead.stop();
    boolean tools = !options.tools().isEmpty();
    Outbox events = turns.answer(open, question, generation, tools, figures, recording, wanted);
    history = open;
    asked = new Asked(events, question, recording);
    return new ReplyStream(new ReadReply(events, engine::requireOutside));
  }

  /** Ends what is going on and takes it in. */
  private void settle() {
    settleReply();
    LivePart part = live;
    if (part != null) {
      live = null;
      try {
        part.close();
      } finally {
        history = part.history();
      }
    }
  }

  /** What was said, an open live part included as if it were closed now. */
  private TurnHistory soFar() {
    settleReply();
    return live == null ? history : live.ended();
  }

  /** Takes the last reply in, as far as it came. */
  private void settleReply() {
    engine.requireOutside();
    if (closed) {
      throw new GenerationCancelledException("The conversation was closed; begin another");
    }
    Asked last = asked;
    if (last != null) {
      last.events.close();
      last.recording.await();
      asked = null;
      if (!last.recording.steps().isEmpty()) {
        history =
            history.answered(
                last.question, last.recording, turns.turn(last.question, last.recording.steps()));
      }
    }
  }

  @Override
  public String truncateAt(Duration heard) {
    settleReply();
    TurnHistory.Answer answer = history.lastAnswer();
    if (answer == null
        || !history.open().results().isEmpty()
        || answer.recording().steps().get(0).audioIds().length == 0) {
      throw new InvalidRequestException(
          "The last turn is no spoken reply, so nothing of it was heard; truncateAt follows a reply"
              + " with Generation.speech()");
    }
    if (heard.isNegative()) {
      throw new InvalidRequestException(
          "truncateAt was given "
              + heard
              + "; pass how much of the reply's sound was played, from its beginning");
    }
    List<Recording.Step> kept = turns.heard(answer.recording(), heard);
    if (kept.size() < answer.kept().size()) {
      history = history.cut(answer, kept, turns.turn(answer.question(), kept));
      if (live != null) {
        live.goOnAfter(history);
      }
      return answer.recording().text(kept);
    }
    return answer.recording().text(answer.kept());
  }

  @Override
  public void restore(List<Message> messages) {
    settleReply();
    endLive();
    Cancellation wanted = engine.wanted(Optional.empty());
    history = engine.whileOpen(() -> turns.restored(options, List.copyOf(messages), wanted));
    ahead.of(history.before().then(history.open().rows()));
  }

  @Override
  public Checkpoint checkpoint() {
    return new Marked(engine, soFar());
  }

  /** A state and whose it is. */
  private record Marked(OmniEngine engine, TurnHistory history) implements Checkpoint {}

  @Override
  public void rollback(Checkpoint checkpoint) {
    if (!(checkpoint instanceof Marked marked) || marked.engine != engine) {
      throw new InvalidRequestException(
          "The checkpoint is of another model; pass one of this conversation");
    }
    settleReply();
    endLive();
    history = marked.history;
  }

  @Override
  public Conversation fork() {
    return new RunningConversation(engine, turns, options, soFar());
  }

  @Override
  public Conversation fork(ConversationOptions other) {
    TurnHistory said = soFar();
    turns.requireInstructable(said, options, other);
    return new RunningConversation(engine, turns, other, said.under(turns.begin(other).head()));
  }

  @Override
  public int positions() {
    settleReply();
    return (live == null ? history : live.history()).rows();
  }

  @Override
  public void close() {
    closed = true;
    endLive();
    Asked last = asked;
    if (last != null) {
      last.events.close();
    }
  }

  /** Ends a live part that is not wanted, and what is computed ahead. */
  private void endLive() {
    ahead.stop();
    if (live != null) {
      live.cancel();
      live = null;
    }
  }
}
