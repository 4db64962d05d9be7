package io.longcat4j.engine;

import io.longcat4j.Event;
import io.longcat4j.schedule.SchedulerThread;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * A subscriber that takes everything, does something once, when the model's own thread calls it,
 * and tells how it ended: null, or the failure.
 */
class Recorder implements Flow.Subscriber<Event> {
  final CompletableFuture<Throwable> end = new CompletableFuture<>();
  private final Runnable onModelsThread;
  private boolean done;

  Recorder(Runnable onModelsThread) {
    this.onModelsThread = onModelsThread;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(Event event) {
    if (!done && Thread.currentThread().getName().equals(SchedulerThread.NAME)) {
      done = true;
      onModelsThread.run();
    }
  }

  @Override
  public void onError(Throwable failure) {
    end.complete(failure);
  }

  @Override
  public void onComplete() {
    end.complete(null);
  }
}
