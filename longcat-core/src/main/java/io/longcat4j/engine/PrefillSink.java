package io.longcat4j.engine;

import io.longcat4j.LongCatException;
import io.longcat4j.schedule.Outcome;
import io.longcat4j.schedule.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** For rows that are computed ahead: where it fails, the reply computes them. */
final class PrefillSink implements Sink {
  private static final Logger LOG = LoggerFactory.getLogger(PrefillSink.class);

  @Override
  public void onDone(Outcome outcome) {}

  @Override
  public void onFailed(LongCatException reason) {
    LOG.debug("A part of a question was not computed ahead", reason);
  }
}
