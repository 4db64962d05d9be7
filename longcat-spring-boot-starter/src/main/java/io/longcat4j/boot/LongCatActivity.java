package io.longcat4j.boot;

import io.longcat4j.EngineListener;
import io.longcat4j.FinishReason;
import io.longcat4j.LongCatException;
import io.longcat4j.Scheduling;
import io.longcat4j.Statistics;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * How many requests a model has, for its health; and what the application waits for when it ends.
 * Thread-safe.
 */
public final class LongCatActivity implements EngineListener, SmartLifecycle {
  /** After the web server has stopped, gracefully or not. */
  private static final int AFTER_WEB_SERVERS = SmartLifecycle.DEFAULT_PHASE - 8192;

  private final Scheduling limits;
  private int active;
  private boolean running;
  private @Nullable Runnable waiting;

  /**
   * Counts from nothing.
   *
   * @param limits of the model
   */
  public LongCatActivity(Scheduling limits) {
    this.limits = limits;
  }

  /**
   * Whether the application takes requests: from its start until it ends.
   *
   * @return true for ready
   */
  public synchronized boolean isReady() {
    return running;
  }

  /**
   * Requests that run or wait.
   *
   * @return at least 0
   */
  public synchronized int active() {
    return active;
  }

  /**
   * What a health endpoint tells.
   *
   * @return {@code ready}; {@code busy}, whether a further request would wait; {@code running};
   *     {@code queue}, requests that wait; {@code queueLimit}
   */
  public synchronized Map<String, Object> details() {
    int places = limits.maxRunning();
    return Map.of(
        "ready", running,
        "busy", active >= places,
        "running", Math.min(active, places),
        "queue", Math.max(0, active - places),
        "queueLimit", limits.queueLimit());
  }

  @Override
  public synchronized void onSubmitted() {
    active++;
  }

  @Override
  public void onFinished(FinishReason finishReason, Statistics statistics) {
    ended();
  }

  @Override
  public void onFailed(LongCatException reason) {
    ended();
  }

  private void ended() {
    Runnable idle = null;
    synchronized (this) {
      active--;
      if (active == 0) {
        idle = waiting;
        waiting = null;
      }
    }
    if (idle != null) {
      idle.run();
    }
  }

  @Override
  public synchronized void start() {
    running = true;
  }

  /** Ends at once; {@link #stop(Runnable)} waits. */
  @Override
  public synchronized void stop() {
    running = false;
  }

  /**
   * Ends when the last request has ended; {@code spring.lifecycle.timeout-per-shutdown-phase}
   * bounds the wait. What runs longer is cancelled when the model is closed.
   */
  @Override
  public void stop(Runnable callback) {
    synchronized (this) {
      running = false;
      if (active > 0) {
        waiting = callback;
        return;
      }
    }
    callback.run();
  }

  @Override
  public synchronized boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return AFTER_WEB_SERVERS;
  }
}
