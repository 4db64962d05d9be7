package io.longcat4j;

import io.longcat4j.spi.EventSource;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives a subscriber the events it asked for. Whoever has news counts a signal; the first to do so
 * has {@link #run} executed, which goes on until no signal is left, so that it never runs twice at
 * once.
 */
final class EventSubscription<E> implements Flow.Subscription, Runnable {
  private final EventSource<E> source;
  private final Flow.Subscriber<? super E> subscriber;
  private final Executor executor;
  private final Predicate<E> last;
  private final AtomicLong demand = new AtomicLong();
  private final AtomicInteger signals = new AtomicInteger();
  private volatile boolean cancelled;
  private volatile @Nullable IllegalArgumentException misuse;

  private @Nullable E held;
  private boolean over;

  EventSubscription(
      EventSource<E> source,
      Flow.Subscriber<? super E> subscriber,
      Executor executor,
      Predicate<E> last) {
    this.source = source;
    this.subscriber = subscriber;
    this.executor = executor;
    this.last = last;
  }

  /** The signal counted first keeps everything else away until onSubscribe has returned. */
  void start() {
    signals.set(1);
    try {
      subscriber.onSubscribe(this);
    } catch (RuntimeException | Error e) {
      cancel();
      throw e;
    }
    source.onAvailable(this::news);
    execute();
  }

  @Override
  public void request(long n) {
    if (n < 1) {
      misuse =
          new IllegalArgumentException(
              n + " events were asked for; a subscriber asks for 1 or more (rule 3.9)");
    } else {
      demand.accumulateAndGet(n, EventSubscription::saturatedSum);
    }
    signal();
  }

  @Override
  public void cancel() {
    cancelled = true;
    source.close();
  }

  /** Called on threads that make replies, which must not suffer from what a subscriber throws. */
  private void news() {
    try {
      signal();
    } catch (RuntimeException | Error e) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }

  private void signal() {
    if (signals.getAndIncrement() == 0) {
      execute();
    }
  }

  private void execute() {
    try {
      executor.execute(this);
    } catch (RejectedExecutionException e) {
      cancel();
    } catch (RuntimeException | Error e) {
      cancel();
      throw e;
    }
  }

  @Override
  public void run() {
    int handled;
    do {
      handled = signals.get();
      deliverOrCancel();
    } while (signals.addAndGet(-handled) != 0);
  }

  private void deliverOrCancel() {
    try {
      deliver();
    } catch (RuntimeException | Error e) {
      over = true;
      cancel();
      throw e;
    }
  }

  private void deliver() {
    while (!over && !cancelled) {
      IllegalArgumentException wrong = misuse;
      if (wrong != null) {
        fail(wrong);
        return;
      }
      E event;
      try {
        event = held == null ? source.poll() : held;
      } catch (LongCatException e) {
        fail(e);
        return;
      }
      held = event;
      if (event == null || demand.get() == 0) {
        return;
      }
      give(event);
    }
  }

  private void give(E event) {
    held = null;
    demand.updateAndGet(asked -> asked == Long.MAX_VALUE ? asked : asked - 1);
    boolean ends = last.test(event);
    over = ends;
    subscriber.onNext(event);
    if (ends && !cancelled) {
      subscriber.onComplete();
    }
  }

  private void fail(RuntimeException reason) {
    over = true;
    source.close();
    if (!cancelled) {
      subscriber.onError(reason);
    }
  }

  private static long saturatedSum(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }
}
