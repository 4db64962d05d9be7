package io.longcat4j;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** Completes a future with all events together; gives up when someone else completes it. */
final class ReplySubscriber implements Flow.Subscriber<Event> {
  private final CompletableFuture<Reply> future;
  private final ReplyCollector collector = new ReplyCollector();

  ReplySubscriber(CompletableFuture<Reply> future) {
    this.future = future;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    var unused = future.whenComplete((reply, failure) -> subscription.cancel());
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(Event event) {
    collector.add(event);
  }

  @Override
  public void onError(Throwable failure) {
    future.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    future.complete(collector.reply());
  }
}
