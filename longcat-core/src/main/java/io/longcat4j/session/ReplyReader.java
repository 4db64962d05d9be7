package io.longcat4j.session;

import io.longcat4j.Event;
import io.longcat4j.LongCatException;
import io.longcat4j.ReplyStream;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads a reply as long as there is room for it. Not thread-safe: all on one executor. */
final class ReplyReader implements Flow.Subscriber<Event> {
  private final BooleanSupplier room;
  private final Consumer<Event> events;
  private final Consumer<LongCatException> failure;
  private Flow.@Nullable Subscription subscription;
  private boolean asked;
  private boolean over;

  private ReplyReader(
      BooleanSupplier room, Consumer<Event> events, Consumer<LongCatException> failure) {
    this.room = room;
    this.events = events;
    this.failure = failure;
  }

  static ReplyReader read(
      ReplyStream stream,
      Executor executor,
      BooleanSupplier room,
      Consumer<Event> events,
      Consumer<LongCatException> failure) {
    ReplyReader reader = new ReplyReader(room, events, failure);
    stream.publisher(executor).subscribe(reader);
    return reader;
  }

  @Override
  public void onSubscribe(Flow.Subscription to) {
    subscription = to;
    readOn();
  }

  /** Asks for the next event if there is room. */
  void readOn() {
    Flow.Subscription from = subscription;
    if (from != null && !asked && !over && room.getAsBoolean()) {
      asked = true;
      from.request(1);
    }
  }

  void cancel() {
    over = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }

  @Override
  public void onNext(Event event) {
    asked = false;
    if (!over) {
      events.accept(event);
      readOn();
    }
  }

  @Override
  public void onError(Throwable reason) {
    if (!over) {
      over = true;
      failure.accept(
          reason instanceof LongCatException known
              ? known
              : new LongCatException("The reply ended with " + reason, reason));
    }
  }

  @Override
  public void onComplete() {
    over = true;
  }
}
