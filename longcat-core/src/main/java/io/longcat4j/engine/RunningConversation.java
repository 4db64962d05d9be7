package io.longcat4j.engine;

import io.longcat4j.Conversation;
import io.longcat4j.ConversationOptions;
import io.longcat4j.Generation;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.InvalidRequestException;
import io.longcat4j.Part;
import io.longcat4j.ReplyStream;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.spi.EventSource;
import io.longcat4j.stream.ReplyFigures;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as the rows that the model was fed. Every state is an immutable value, so that
 * going back is remembering and forking is sharing; what was computed for the rows is found again
 * by their keys, in the cache that all requests share.
 */
final class RunningConversation implements Conversation {

  /** A reply of this conversation that may still be running, and the question it answers. */
  private record Asked(EventSource events, PromptRows question, Recording recording) {}

  private final OmniEngine engine;
  private final Turns turns;
  private final ConversationOptions options;
  private TurnHistory history;
  private @Nullable Asked asked;
  private boolean closed;

  RunningConversation(
      OmniEngine engine, Turns turns, ConversationOptions options, TurnHistory history) {
    this.engine = engine;
    this.turns = turns;
    this.options = options;
    this.history = history;
  }

  @Override
  public void append(Part... parts) {
    settle();
    history =
        engine.whileOpen(
            () -> {
              TurnHistory grown = turns.grow(history, List.of(parts), /* strict= */ false);
              turns.prefill(grown);
              return grown;
            });
  }

  @Override
  public ReplyStream stream(Generation generation, Part... parts) {
    ReplyFigures figures = new ReplyFigures(System::nanoTime);
    settle();
    return engine.whileOpen(() -> ask(generation, List.of(parts), figures));
  }

  private ReplyStream ask(Generation generation, List<Part> parts, ReplyFigures figures) {
    TurnHistory open = turns.grow(history, parts, generation.isStrict());
    if (!open.isOpen()) {
      throw new InvalidRequestException(
          "Nothing was asked; pass at least one part, or append some before");
    }
    PromptRows question = turns.question(open, options.system(), generation.isSpeech());
    if (options.sliding()) {
      long wanted = (long) question.rows() + generation.maxNewTokens();
      open = open.slid(turns.contextLength(), wanted);
    }
    Recording recording = new Recording();
    EventSource events = turns.answer(open, question, generation, figures, recording);
    history = open;
    asked = new Asked(events, question, recording);
    return new ReplyStream(events);
  }

  /** Takes the last reply in, as far as it came. */
  private void settle() {
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
  public void truncateAt(Duration heard) {
    settle();
    TurnHistory.Answer answer = history.lastAnswer();
    if (answer == null
        || history.isOpen()
        || answer.recording().steps().get(0).audioIds().length == 0) {
      throw new InvalidRequestException(
          "The last turn is no spoken reply, so nothing of it was heard; truncateAt follows a reply"
              + " with Generation.speech(), before anything is appended");
    }
    List<Recording.Step> kept = turns.heard(answer.recording(), heard);
    history = history.cut(turns.turn(answer.question(), kept));
  }

  @Override
  public Checkpoint checkpoint() {
    settle();
    return new Marked(engine, history);
  }

  /** A state and whose it is. */
  private record Marked(OmniEngine engine, TurnHistory history) implements Checkpoint {}

  @Override
  public void rollback(Checkpoint checkpoint) {
    if (!(checkpoint instanceof Marked marked) || marked.engine != engine) {
      throw new InvalidRequestException(
          "The checkpoint is of another model; pass one of this conversation");
    }
    settle();
    history = marked.history;
  }

  @Override
  public Conversation fork() {
    settle();
    return new RunningConversation(engine, turns, options, history);
  }

  @Override
  public int positions() {
    settle();
    return history.rows();
  }

  @Override
  public void close() {
    closed = true;
    Asked last = asked;
    if (last != null) {
      last.events.close();
    }
  }
}
