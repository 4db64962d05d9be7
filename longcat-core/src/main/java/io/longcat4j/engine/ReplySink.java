package io.longcat4j.engine;

import io.longcat4j.FinishReason;
import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.decode.SpeechStep;
import io.longcat4j.schedule.Outcome;
import io.longcat4j.schedule.Sink;
import io.longcat4j.schedule.Ticket;
import io.longcat4j.stream.ModelFigures;
import io.longcat4j.stream.Producer;
import io.longcat4j.stream.ReplyWriter;
import org.jspecify.annotations.Nullable;

/** Passes what the scheduler chooses on to the writer of a reply. */
final class ReplySink implements Sink {
  private final ReplyParts parts;
  private final @Nullable Recording recording;

  /**
   * Connects both.
   *
   * @param parts make the reply
   * @param recording keeps what was fed for the next turn, or null where there is none
   */
  ReplySink(ReplyParts parts, @Nullable Recording recording) {
    this.parts = parts;
    this.recording = recording;
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
    if (recording != null) {
      recording.add(id, writer().textLength(), writer().toolCalls());
    }
  }

  @Override
  public void onSpeech(SpeechStep step) {
    writer().onSpeech(step);
    if (recording != null) {
      recording.add(step, writer().textLength(), writer().toolCalls());
    }
  }

  @Override
  public void onDone(Outcome outcome) {
    try {
      done(outcome.finishReason(), outcome.figures());
    } finally {
      endRecording();
    }
  }

  private void done(FinishReason reason, Outcome.Figures figures) {
    parts.done(
        reason,
        new ModelFigures(
            figures.queued(),
            figures.prefill(),
            figures.decode(),
            figures.promptReused(),
            figures.promptComputed(),
            figures.drafted(),
            figures.accepted(),
            figures.experts().mean(),
            figures.experts().least(),
            figures.experts().most(),
            figures.attention(),
            figures.cacheBytes()));
  }

  @Override
  public void onFailed(LongCatException reason) {
    endRecording();
    writer().onFailed(reason);
  }

  private void endRecording() {
    if (recording != null) {
      recording.end(writer().text(), writer().toolCalls(), writer().frameLength());
    }
  }
}
