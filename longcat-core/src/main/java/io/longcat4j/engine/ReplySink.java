package io.longcat4j.engine;

import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.decode.SpeechStep;
import io.longcat4j.schedule.Outcome;
import io.longcat4j.schedule.Sink;
import io.longcat4j.schedule.Ticket;
import io.longcat4j.stream.ModelFigures;
import io.longcat4j.stream.Producer;
import io.longcat4j.stream.ReplyWriter;
import java.util.function.Consumer;

/** Passes what the scheduler chooses on to the writer of a reply. */
final class ReplySink implements Sink {
  private final ReplyParts parts;
  private final Consumer<Outcome> whenDone;

  /**
   * Connects both.
   *
   * @param parts make the reply
   * @param whenDone hears first of a complete reply, on the scheduler's thread
   */
  ReplySink(ReplyParts parts, Consumer<Outcome> whenDone) {
    this.parts = parts;
    this.whenDone = whenDone;
  }

  /** What the reader's side may do with a submitted request. */
  static Producer producer(Ticket ticket) {
    return new Producer() {
      @Override
      public void resume() {
        ticket.wake();
      }

      @Override
      public void cancel() {
        ticket.cancel(new GenerationCancelledException("The reply is not wanted any more"));
      }
    };
  }

  private ReplyWriter writer() {
    return parts.writer();
  }

  @Override
  public boolean ready() {
    return writer().isReady();
  }

  @Override
  public void onText(int id) {
    writer().onText(id);
  }

  @Override
  public void onSpeech(SpeechStep step) {
    writer().onSpeech(step);
  }

  @Override
  public void onDone(Outcome outcome) {
    whenDone.accept(outcome);
    Outcome.Figures figures = outcome.figures();
    parts.done(
        outcome.finishReason(),
        new ModelFigures(
            figures.queued(),
            figures.prefill(),
            figures.decode(),
            figures.promptReused(),
            figures.promptComputed(),
            figures.experts().mean(),
            figures.experts().least(),
            figures.experts().most(),
            figures.cacheBytes()));
  }

  @Override
  public void onFailed(LongCatException reason) {
    writer().onFailed(reason);
  }
}
