package io.longcat4j;

import java.util.concurrent.Flow;

/** Nothing can be asked of it. */
final class RefusedSubscription implements Flow.Subscription {
  private RefusedSubscription() {}

  static void refuse(Flow.Subscriber<?> subscriber, IllegalStateException reason) {
    subscriber.onSubscribe(new RefusedSubscription());
    subscriber.onError(reason);
  }

  @Override
  public void request(long n) {}

  @Override
  public void cancel() {}
}
