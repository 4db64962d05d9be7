package io.longcat4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of reactive streams, on a thread of the test's own where nothing else is said. */
class ReplyPublisherTest {
  private static final Event HELLO = new TextDelta("Hel");
  private static final Event LO = new TextDelta("lo");

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Recorder recorder = new Recorder();

  private void subscribe(ScriptedSource source) {
    new ReplyStream(source).publisher(tasks::add).subscribe(recorder);
  }

  private void runTasks() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  @Test
  void noMoreIsDeliveredThanWasAskedFor() {
    subscribe(ScriptedSource.of(HELLO, LO, ScriptedSource.DONE));
    runTasks();
    assertThat(recorder.signals).containsExactly("subscribed");
    recorder.subscription.request(1);
    runTasks();
    assertThat(recorder.signals).containsExactly("subscribed", HELLO);
    recorder.subscription.request(1);
    recorder.subscription.request(1);
    runTasks();
    assertThat(recorder.signals)
        .containsExactly("subscribed", HELLO, LO, ScriptedSource.DONE, "complete");
  }

  @Test
  void nothingIsDeliveredBeforeOnSubscribeReturns() {
    recorder.onSubscription = subscription -> subscription.request(10);
    new ReplyStream(ScriptedSource.of(HELLO, ScriptedSource.DONE))
        .publisher(Runnable::run)
        .subscribe(recorder);
    assertThat(recorder.signals)
        .containsExactly("subscribed", HELLO, ScriptedSource.DONE, "complete");
    assertThat(recorder.deepest).isEqualTo(1);
  }

  @Test
  void askingFromOnNextDoesNotRecurse() {
    ScriptedSource source = new ScriptedSource();
    recorder.onSubscription = subscription -> subscription.request(1);
    recorder.onEvent = event -> recorder.subscription.request(1);
    new ReplyStream(source).publisher(Runnable::run).subscribe(recorder);
    for (int i = 0; i < 100; i++) {
      source.put(HELLO);
    }
    source.put(ScriptedSource.DONE);
    assertThat(recorder.signals).hasSize(103).endsWith(ScriptedSource.DONE, "complete");
    assertThat(recorder.deepest).isEqualTo(1);
  }

  @Test
  void failuresNeedNoDemand() {
    ScriptedSource source = new ScriptedSource();
    subscribe(source);
    LongCatException failure = new BackendException("NaN");
    source.fail(failure);
    runTasks();
    assertThat(recorder.signals).containsExactly("subscribed", failure);
  }

  @Test
  void cancellingClosesTheStreamAndEndsTheSignals() {
    ScriptedSource source = ScriptedSource.of(HELLO, LO, ScriptedSource.DONE);
    recorder.onEvent = event -> recorder.subscription.cancel();
    subscribe(source);
    recorder.subscription.request(Long.MAX_VALUE);
    recorder.subscription.request(Long.MAX_VALUE);
    runTasks();
    recorder.subscription.cancel();
    recorder.subscription.request(1);
    runTasks();
    assertThat(recorder.signals).containsExactly("subscribed", HELLO);
    assertThat(source.isClosed()).isTrue();
  }

  @Test
  void askingForNothingIsAnError() {
    ScriptedSource source = ScriptedSource.of(HELLO);
    subscribe(source);
    recorder.subscription.request(0);
    runTasks();
    assertThat(recorder.signals).hasSize(2);
    assertThat((Throwable) recorder.signals.get(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3.9");
    assertThat(source.isClosed()).isTrue();
  }

  @Test
  void aSecondSubscriberIsRefused() {
    Flow.Publisher<Event> publisher =
        new ReplyStream(ScriptedSource.of(HELLO)).publisher(tasks::add);
    publisher.subscribe(new Recorder());
    publisher.subscribe(recorder);
    recorder.subscription.request(1);
    runTasks();
    assertThat(recorder.signals).hasSize(2).first().isEqualTo("subscribed");
    assertThat((Throwable) recorder.signals.get(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("read once");
  }

  @Test
  void aSubscriberWhoThrowsIsCancelled() {
    ScriptedSource source = ScriptedSource.of(HELLO, LO, ScriptedSource.DONE);
    IllegalStateException defect = new IllegalStateException("defect");
    recorder.onSubscription = subscription -> subscription.request(5);
    recorder.onEvent =
        event -> {
          throw defect;
        };
    subscribe(source);
    assertThatThrownBy(this::runTasks).isSameAs(defect);
    runTasks();
    assertThat(recorder.signals).containsExactly("subscribed", HELLO);
    assertThat(source.isClosed()).isTrue();
  }

  @Test
  void anExecutorThatRefusesClosesTheStream() {
    ScriptedSource source = ScriptedSource.of(HELLO);
    Executor refusing =
        task -> {
          throw new RejectedExecutionException("full");
        };
    new ReplyStream(source).publisher(refusing).subscribe(recorder);
    assertThat(source.isClosed()).isTrue();
  }

  @Test
  void anExecutorThatFailsClosesTheStreamAndLeavesWhoeverMakesTheReplyAlone() {
    ScriptedSource source = ScriptedSource.of();
    AtomicInteger tasks = new AtomicInteger();
    Executor failing =
        task -> {
          if (tasks.getAndIncrement() > 0) {
            throw new OutOfMemoryError("no thread");
          }
          task.run();
        };
    recorder.onSubscription = given -> given.request(5);
    new ReplyStream(source).publisher(failing).subscribe(recorder);
    List<Throwable> uncaught = new ArrayList<>();
    Thread thread = Thread.currentThread();
    thread.setUncaughtExceptionHandler((where, failure) -> uncaught.add(failure));
    try {
      source.put(new TextDelta("word"));
    } finally {
      thread.setUncaughtExceptionHandler(null);
    }
    assertThat(source.isClosed()).isTrue();
    assertThat(uncaught).first().isInstanceOf(OutOfMemoryError.class);
    assertThat(recorder.signals).containsExactly("subscribed");
  }

  @Test
  void signalsAreSerialAndCompleteWithManyThreadsAskingAndProducing() throws InterruptedException {
    ScriptedSource source = new ScriptedSource();
    ExecutorService executor = Executors.newFixedThreadPool(4);
    try {
      recorder.onSubscription = subscription -> subscription.request(1);
      recorder.onEvent = event -> executor.execute(() -> recorder.subscription.request(1));
      new ReplyStream(source).publisher(executor).subscribe(recorder);
      for (int i = 0; i < 2000; i++) {
        source.put(new TextDelta("word " + i));
      }
      source.put(ScriptedSource.DONE);
      recorder.completed.await();
    } finally {
      executor.shutdownNow();
    }
    assertThat(recorder.signals).hasSize(2003);
    for (int i = 0; i < 2000; i++) {
      assertThat(recorder.signals.get(i + 1)).isEqualTo(new TextDelta("word " + i));
    }
    assertThat(recorder.deepest).isEqualTo(1);
  }

  /** Writes down every signal, and how many of them ran at once. */
  private static final class Recorder implements Flow.Subscriber<Event> {
    private final List<Object> signals = new ArrayList<>();
    private final AtomicInteger inside = new AtomicInteger();
    private final CountDownLatch completed = new CountDownLatch(1);
    private volatile int deepest;
    private volatile Flow.@Nullable Subscription subscription;
    private Consumer<Flow.Subscription> onSubscription = given -> {};
    private Consumer<Event> onEvent = event -> {};

    private void signal(Object what, Runnable then) {
      deepest = Math.max(deepest, inside.incrementAndGet());
      signals.add(what);
      try {
        then.run();
      } finally {
        inside.decrementAndGet();
      }
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      signal("subscribed", () -> onSubscription.accept(given));
    }

    @Override
    public void onNext(Event event) {
      signal(event, () -> onEvent.accept(event));
    }

    @Override
    public void onError(Throwable failure) {
      signal(failure, () -> {});
    }

    @Override
    public void onComplete() {
      signal("complete", completed::countDown);
    }
  }
}
