package io.longcat4j.boot;

import io.longcat4j.EngineListener;
import io.longcat4j.FinishReason;
import io.longcat4j.LongCatException;
import io.longcat4j.Statistics;
import java.util.List;

/**
 * Several listeners as one. Thread-safe.
 *
 * @param all hear in order
 */
record Listeners(List<EngineListener> all) implements EngineListener {
  @Override
  public void onSubmitted() {
    all.forEach(EngineListener::onSubmitted);
  }

  @Override
  public void onFinished(FinishReason finishReason, Statistics statistics) {
    all.forEach(listener -> listener.onFinished(finishReason, statistics));
  }

  @Override
  public void onFailed(LongCatException reason) {
    all.forEach(listener -> listener.onFailed(reason));
  }
}
