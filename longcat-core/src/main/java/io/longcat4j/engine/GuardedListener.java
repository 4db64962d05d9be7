package io.longcat4j.engine;

import io.longcat4j.EngineListener;
import io.longcat4j.FinishReason;
import io.longcat4j.LongCatException;
import io.longcat4j.Statistics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what an application's listener throws away from the engine. */
record GuardedListener(EngineListener listener) implements EngineListener {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedListener.class);

  @Override
  public void onSubmitted() {
    guard(listener::onSubmitted);
  }

  @Override
  public void onFinished(FinishReason finishReason, Statistics statistics) {
    guard(() -> listener.onFinished(finishReason, statistics));
  }

  @Override
  public void onFailed(LongCatException reason) {
    guard(() -> listener.onFailed(reason));
  }

  private static void guard(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      LOG.warn("An EngineListener threw; the request goes on", e);
    }
  }
}
