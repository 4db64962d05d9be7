package io.longcat4j.engine;

import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.decode.SpeechStep;
import io.longcat4j.schedule.Outcome;
import io.longcat4j.schedule.Sink;
import io.longcat4j.schedule.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Gathers a whole reply for a thread that waits for it. What it holds may be read after that. */
final class ReplyCollector implements Sink {
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<Integer> textIds = new ArrayList<>();
  private final List<SpeechStep> steps = new ArrayList<>();
  private @Nullable Outcome outcome;
  private @Nullable LongCatException failure;

  @Override
  public void onText(int id) {
    textIds.add(id);
  }

  @Override
  public void onSpeech(SpeechStep step) {
    steps.add(step);
    if (step.textId() >= 0) {
      textIds.add(step.textId());
    }
  }

  @Override
  public void onDone(Outcome done) {
    outcome = done;
    ended.countDown();
  }

  @Override
  public void onFailed(LongCatException reason) {
    failure = reason;
    ended.countDown();
  }

  /**
   * Waits for the end. An interruption cancels the request and waits until it has let go of its
   * pages, which takes one step at most.
   */
  Outcome await(Ticket ticket) {
    boolean interrupted = false;
    while (ended.getCount() > 0) {
      try {
        ended.await();
      } catch (InterruptedException e) {
        interrupted = true;
        ticket.cancel(new GenerationCancelledException("The generating thread was interrupted", e));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
    return Objects.requireNonNull(outcome);
  }

  /** What was chosen as text. */
  List<Integer> textIds() {
    return textIds;
  }

  /** The steps of a reply with speech. */
  List<SpeechStep> steps() {
    return steps;
  }
}
