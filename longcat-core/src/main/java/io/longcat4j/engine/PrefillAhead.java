package io.longcat4j.engine;

import io.longcat4j.GenerationCancelledException;
import io.longcat4j.LongCatException;
import io.longcat4j.decode.PromptRows;
import io.longcat4j.schedule.Outcome;
import io.longcat4j.schedule.Sink;
import io.longcat4j.schedule.Ticket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a growing question computed while it is not complete: one piece at a time, so that nothing is
 * computed twice; what comes meanwhile is the next piece. Where that fails, the reply computes it.
 * Thread-safe.
 */
final class PrefillAhead {
  private static final Logger LOG = LoggerFactory.getLogger(PrefillAhead.class);

  /** Has rows computed, if there is room for them. */
  interface Prefill {
    @Nullable Ticket of(PromptRows rows, Sink sink);
  }

  private final Prefill prefill;
  private @Nullable Ticket running;
  private @Nullable PromptRows next;

  /** Computes nothing. */
  static PrefillAhead none() {
    return new PrefillAhead((rows, sink) -> null);
  }

  PrefillAhead(Prefill prefill) {
    this.prefill = prefill;
  }

  /** Everything that is known of a request now. */
  synchronized void of(PromptRows rows) {
    next = rows;
    if (running == null) {
      start();
    }
  }

  /** Computes no more; what has been computed is known to the next request. */
  synchronized void stop() {
    next = null;
    if (running != null) {
      running.cancel(new GenerationCancelledException("The question is asked"));
    }
  }

  private void start() {
    PromptRows rows = next;
    next = null;
    if (rows != null && rows.rows() > 0) {
      try {
        running = prefill.of(rows, new Ended());
      } catch (LongCatException e) {
        LOG.debug("A part of a question is not computed ahead", e);
      }
    }
  }

  private synchronized void ended() {
    running = null;
    start();
  }

  private final class Ended implements Sink {
    @Override
    public void onDone(Outcome outcome) {
      ended();
    }

    @Override
    public void onFailed(LongCatException reason) {
      LOG.debug("A part of a question was not computed ahead", reason);
      ended();
    }
  }
}
