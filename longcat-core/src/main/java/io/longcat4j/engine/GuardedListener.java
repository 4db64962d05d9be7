package io.longcat4j.engine;

import io.longcat4j.EngineListener;
import io.longcat4j.FinishReason;
import io.longcat4j.LongCatException;
import io.longcat4j.Statistics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what an application's listener throws, be it an error of the JVM, away from the engine. */
record GuardedListener(EngineListener listener, Inside inside) implements EngineListener {
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

  private void guard(Runnable call) {
    try {
      inside.listener(call);
    } catch (Throwable e) {
      LOG.warn("An EngineListener threw; the request goes on", e);
    }
  }
}
