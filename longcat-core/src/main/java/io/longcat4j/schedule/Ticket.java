package io.longcat4j.schedule;

import io.longcat4j.LongCatException;

/** A hold on a submitted request. Thread-safe. */
public interface Ticket {
  /**
   * Ends the request before its next step, if it has not ended; its sink then hears of the reason.
   * The first reason counts.
   *
   * @param reason what its sink shall be told
   */
  void cancel(LongCatException reason);

  /** Says that the sink is ready again. */
  void wake();
}
